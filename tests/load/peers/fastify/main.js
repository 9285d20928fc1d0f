// Fragments as one would write them with Fastify and Handlebars: `POST /v1/fragments`, production settings.
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'

import Fastify, { LogController } from 'fastify'
import Handlebars from 'handlebars'
import pino from 'pino'

import { Catalog } from './catalog.js'
import { schema } from './schema.js'

const catalog = new Catalog(process.env.CATALOG)
const digest = text => createHash('sha256').update(text).digest()
const expected = digest(`Bearer ${process.env.API_KEY}`)

function template (name, options) {
  const file = new URL(`templates/${name}`, import.meta.url)
  return Handlebars.compile(readFileSync(file, 'utf8'), { knownHelpersOnly: true, ...options })
}
const html = template('fragment.html.hbs', {})
const text = template('fragment.txt.hbs', { noEscape: true })

const app = Fastify({
  loggerInstance: pino(pino.destination({ dest: process.env.LOG_FILE, sync: false, minLength: 4096 })),
  // One line for a request instead of one as it begins and one as it ends.
  logController: new LogController({ disableRequestLogging: true }),
  ajv: { customOptions: { removeAdditional: false } }
})

app.addHook('onRequest', async (request, reply) => {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
    return reply.code(401).send({ error: 'Unauthorized' })
  }
})

app.addHook('onResponse', async (request, reply) => {
  const { method, url } = request
  request.log.info({ method, url, status: reply.statusCode, duration_ms: reply.elapsedTime })
})

app.post('/v1/fragments', { schema }, async request => {
  const { context, max_tips: limit, formats, heading_level: level, brand } = request.body
  if (context.conversation_with?.length > 0) context.conversation = 'held'
  const tips = catalog.choose(context.audience, context, limit)
  const words = {
    lang: catalog.locale,
    level,
    intro: catalog.frame[brand.voice].replace('{name}', brand.name ?? ''),
    tips,
    link: brand.link,
    color: brand.link_color,
    signoff: (brand.signoff ?? brand.name ?? '').split(/\r?\n/).map(line => line.trim()).filter(line => line !== '')
  }
  return {
    html: formats.includes('html') ? html(words) : undefined,
    text: formats.includes('text') ? text(words) : undefined,
    steps: tips.map(tip => tip.id),
    catalog_version: catalog.version
  }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
