// The page of an application that uses Uppy. Its query says what differs:
// "endpoint" is the name of the option, "whole" leaves the choice between parts
// and a single request to Uppy, "sizeless" omits the size, "plugin" leaves all else
// to the module's plugin, "lang" is the plugin's language, "xhr" sends through the
// server, and "tus" to the resumable door, in requests of so many bytes.
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import AwsS3 from '@uppy/aws-s3'
import Tus from '@uppy/tus'
import XHRUpload from '@uppy/xhr-upload'
import AirlockPlugin from './module/uppy.js'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

const query = new URLSearchParams(location.search)
const options = { [query.get('endpoint')]: '/uppy' }
const plugin = query.has('plugin')
if (!query.has('whole') && !plugin) options.shouldUseMultipart = true

const uppy = new Uppy()
uppy.use(Dashboard, { inline: true, target: '#uppy', width: 860, height: 440, proudlyDisplayPoweredByUppy: false })
if (plugin) uppy.use(AirlockPlugin, { lang: query.get('lang') })
if (query.has('xhr')) uppy.use(XHRUpload, { endpoint: '/upload' })
else if (query.has('tus')) uppy.use(Tus, { endpoint: '/files/', chunkSize: Number(query.get('tus')) || Infinity, retryDelays: Array(20).fill(20) })
else uppy.use(AwsS3, options)
if (!query.has('sizeless') && !plugin) {
  uppy.addPreProcessor(async (ids) => {
    for (const id of ids) uppy.setFileMeta(id, { size: uppy.getFile(id).size })
  })
}

// For the test.
window.uppy = uppy
window.seen = { success: [], failed: [], reasons: [], complete: 0 }
uppy.on('complete', () => window.seen.complete++)
uppy.on('upload-success', (file, response) => window.seen.success.push({ ...response.body, uploadURL: response.uploadURL }))
uppy.on('upload-error', (file, error) => {
  window.seen.failed.push(error.message)
  // Uppy 5 has aborted the request by now, which empties its answer. The message has it, too.
  window.seen.reasons.push(error.originalResponse?.getBody() || error.message.match(/response text: (\{.*\}),/)?.[1])
})
