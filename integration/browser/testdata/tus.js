// A page that sends files by tus-js-client, in three of its majors. The test calls its functions.
import * as tus2 from 'tus2'
import * as tus4 from 'tus4'
import * as tus5 from 'tus5'

const clients = { tus2, tus4, tus5 }

// lineOf is a line of 16 bytes with a number.
const lineOf = (n) => n.toString(16).padStart(15, '0') + '\n'

const block = 1 << 16
const rest = Array.from({ length: block / 16 - 1 }, (_, i) => lineOf(16 * (i + 1))).join('')

// contentOf makes size bytes: a head, lines and a tail. The first line of each block says where the
// block is.
function contentOf(size, head, tail) {
  const parts = [head]
  for (let at = 0; at < size; at += block) parts.push(lineOf(at), rest)
  return new Blob([new Blob(parts).slice(0, size - tail.length), tail])
}

window.contentOf = contentOf

// begin starts to send a file, or goes on with what an earlier page has begun. Its run says what
// has happened.
window.runs = []
window.begin = (client, { name = 'notes.txt', type = 'text/plain', size, head = '', tail = '', ...options }) => {
  const file = new File([contentOf(size, head, tail)], name, { type, lastModified: 1e12 })
  const run = { sent: 0, accepted: 0, ended: false, status: 0, problem: null, error: '', url: '', result: '' }
  const { abortAt = Infinity, ...rest } = options
  const upload = new clients[client].Upload(file, {
    endpoint: '/files/',
    metadata: { filename: name, filetype: type },
    retryDelays: Array(20).fill(20),
    onBeforeRequest: async (req) => { if (req.getMethod() === 'PATCH' && window.beforePatch) await window.beforePatch(req.getURL()) },
    onProgress: (sent) => {
      run.sent = sent
      if (sent >= abortAt && !run.paused) {
        run.paused = true
        upload.abort()
      }
    },
    onChunkComplete: (_, accepted) => { run.accepted = accepted },
    onAfterResponse: (_, res) => { run.result = res.getHeader('Upload-File') ?? '' },
    onSuccess: () => { run.ended = true },
    onError: (error) => {
      run.ended = true
      run.error = String(error)
      const res = error.originalResponse
      if (!res) return
      run.status = res.getStatus()
      try { run.problem = JSON.parse(res.getBody()) } catch { /* a HEAD has none */ }
    },
    ...rest,
  })
  run.start = async () => {
    run.ended = false
    run.status = 0
    run.error = ''
    const earlier = await upload.findPreviousUploads()
    if (earlier.length > 0) upload.resumeFromPreviousUpload(earlier[0])
    upload.start()
  }
  run.resume = () => upload.start()
  run.abort = (terminate) => upload.abort(terminate)
  run.address = () => upload.url
  window.runs.push(run)
  run.start()
}
