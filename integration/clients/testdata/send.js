// node send.js CLIENT reads {url, names, file} from its standard input, sends the
// file under each of the names, and writes what the server answered.
import { text } from 'node:stream/consumers'

/** The packages are imported by the client that needs them. */
const get = async (name) => {
	const module = await import(name)
	return module.default ?? module
}

/** A form of form-data, whichever version. */
const oldForm = async (version, name, bytes) => {
	const form = new (await get(version))()
	form.append('file', bytes, { filename: name })
	return form
}

/** A form as browsers have it. */
const webForm = (FormData, Blob, name, bytes) => {
	const form = new FormData()
	form.set('file', new Blob([bytes], { type: 'image/png' }), name)
	return form
}

const fetched = async (response) => ({ status: response.status, body: await response.text() })

const axios = async (url, form) => {
	const response = await (await get('axios')).post(url, form, { validateStatus: null, responseType: 'text', transformResponse: (body) => body })
	return { status: response.status, body: response.data }
}

const got = async (url, body) => {
	const response = await (await get('got')).post(url, { body, throwHttpErrors: false, retry: { limit: 0 } })
	return { status: response.statusCode, body: response.body }
}

const submit = (url, form) =>
	new Promise((resolve, reject) => {
		form.submit(url, (error, response) => {
			if (error) return reject(error)
			text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
		})
	})

const clients = {
	'undici': async (url, name, bytes) => {
		const { fetch, FormData } = await import('undici')
		return fetched(await fetch(url, { method: 'POST', body: webForm(FormData, Blob, name, bytes) }))
	},
	'node-fetch': async (url, name, bytes) => {
		const { default: fetch, FormData, Blob } = await import('node-fetch')
		return fetched(await fetch(url, { method: 'POST', body: webForm(FormData, Blob, name, bytes) }))
	},
	'axios, FormData': async (url, name, bytes) => axios(url, webForm(FormData, Blob, name, bytes)),
	'axios, form-data': async (url, name, bytes) => axios(url, await oldForm('form-data', name, bytes)),
	'axios, form-data 4.0.5': async (url, name, bytes) => axios(url, await oldForm('form-data-4.0.5', name, bytes)),
	'got, formdata-node': async (url, name, bytes) => {
		const { FormData, Blob } = await import('formdata-node')
		return got(url, webForm(FormData, Blob, name, bytes))
	},
	'got, form-data': async (url, name, bytes) => got(url, await oldForm('form-data', name, bytes)),
	'node, form-data': async (url, name, bytes) => submit(url, await oldForm('form-data', name, bytes)),
	'node, form-data 4.0.5': async (url, name, bytes) => submit(url, await oldForm('form-data-4.0.5', name, bytes)),
	'superagent': async (url, name, bytes) => {
		const response = await (await get('superagent')).post(url).ok(() => true).attach('file', bytes, name)
		return { status: response.status, body: response.text }
	},
	'needle': async (url, name, bytes) => {
		const file = { buffer: bytes, filename: name, content_type: 'image/png' }
		const response = await (await get('needle'))('post', url, { file }, { multipart: true, parse_response: false })
		return { status: response.statusCode, body: response.body.toString() }
	},
}

const { url, names, file } = JSON.parse(await text(process.stdin))
const answers = []
for (const name of names) {
	answers.push(await clients[process.argv[2]](url, name, Buffer.from(file, 'base64')))
}
process.stdout.write(JSON.stringify(answers))
