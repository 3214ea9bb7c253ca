// Receives notifications with node-hl7-server and acknowledges each.
//   in:  argv PORT
//   out: a line "listening", then for each message a line of JSON {control, text}: MSH-10 and all of it
'use strict'

const { Server } = require('node-hl7-server')

const server = new Server({ bindAddress: '127.0.0.1' })
const inbound = server.createInbound({ port: Number(process.argv[2]) }, async (req, res) => {
  const message = req.getMessage()
  process.stdout.write(`${JSON.stringify({
    control: message.get('MSH.10').toString(),
    text: message.toString(),
  })}\n`)
  await res.sendResponse('AA')
})
inbound.on('listen', () => process.stdout.write('listening\n'))
inbound.on('error', (err) => {
  process.stderr.write(`${err.stack}\n`)
  process.exit(1)
})
