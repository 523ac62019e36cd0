// The page of an application that uses Uppy. Its query says what differs:
// "endpoint" is the name of the option, "whole" leaves the choice between parts
// and a single request to Uppy, "tus" sends to the resumable door.
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import AwsS3 from '@uppy/aws-s3'
import Tus from '@uppy/tus'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

const query = new URLSearchParams(location.search)
const options = { [query.get('endpoint')]: '/uppy' }
if (!query.has('whole')) options.shouldUseMultipart = true

const uppy = new Uppy()
uppy.use(Dashboard, { inline: true, target: '#uppy', width: 860, height: 440, proudlyDisplayPoweredByUppy: false })
if (query.has('tus')) uppy.use(Tus, { endpoint: '/files/', chunkSize: Number(query.get('tus')) || Infinity })
else uppy.use(AwsS3, options)
if (!query.has('sizeless')) {
  uppy.addPreProcessor(async (ids) => {
    for (const id of ids) uppy.setFileMeta(id, { size: uppy.getFile(id).size })
  })
}

// For the test.
window.uppy = uppy
window.seen = { success: [], failed: [], reasons: [] }
uppy.on('upload-success', (file, response) => window.seen.success.push({ ...response.body, uploadURL: response.uploadURL }))
uppy.on('upload-error', (file, error, response) => {
  window.seen.failed.push(error.message)
  window.seen.reasons.push(response?.body?.xhr?.responseText ?? '')
})
