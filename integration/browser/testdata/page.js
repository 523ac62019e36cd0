// The page of an application that uses Uppy. Its query says what differs:
// "endpoint" is the name of the option, "whole" leaves the choice between parts
<<<<<<< HEAD
// and a single request to Uppy, "tus" sends to the resumable door.
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import AwsS3 from '@uppy/aws-s3'
import Tus from '@uppy/tus'
=======
// and a single request to Uppy, "plugin" leaves all else to our plugin, and "xhr"
// sends through the server.
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import AwsS3 from '@uppy/aws-s3'
import XHRUpload from '@uppy/xhr-upload'
import AirlockPlugin from './module/uppy.js'
>>>>>>> h/tus
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

const query = new URLSearchParams(location.search)
const options = { [query.get('endpoint')]: '/uppy' }
const plugin = query.has('plugin')
if (!query.has('whole') && !plugin) options.shouldUseMultipart = true

const uppy = new Uppy()
uppy.use(Dashboard, { inline: true, target: '#uppy', width: 860, height: 440, proudlyDisplayPoweredByUppy: false })
<<<<<<< HEAD
if (query.has('tus')) uppy.use(Tus, { endpoint: '/files/', chunkSize: Number(query.get('tus')) || Infinity })
else uppy.use(AwsS3, options)
if (!query.has('sizeless')) {
=======
if (plugin) uppy.use(AirlockPlugin, { lang: query.get('lang') })
if (query.has('xhr')) uppy.use(XHRUpload, { endpoint: '/upload' })
else uppy.use(AwsS3, options)
if (!query.has('sizeless') && !plugin) {
>>>>>>> h/tus
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
