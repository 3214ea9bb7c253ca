// Sends messages with an npm HL7 client and prints what it understood of the answers.
//   in:  argv CLIENT PORT; stdin a JSON array of messages, segments ending in CR
//   out: a JSON array, for each answer {code, control, text}: MSA-1, MSA-2 and the whole answer
'use strict'

const HOST = '127.0.0.1'

const clients = {
  '@medplum/hl7': async (port, messages) => {
    const { Hl7Client } = require('@medplum/hl7')
    const { Hl7Message } = require('@medplum/core')
    const client = new Hl7Client({ host: HOST, port, keepAlive: true })
    const answers = []
    for (const text of messages) {
      const ack = await client.sendAndWait(Hl7Message.parse(text))
      const msa = ack.getSegment('MSA')
      answers.push({
        code: msa.getField(1).toString(),
        control: msa.getField(2).toString(),
        text: ack.toString(),
      })
    }
    await client.close()
    return answers
  },

  'node-hl7-client': async (port, messages) => {
    const { Client, Message } = require('node-hl7-client')
    const client = new Client({ host: HOST })
    const answers = []
    let answered
    const connection = client.createConnection({ port, waitAck: true }, async (res) => {
      const ack = res.getMessage()
      answers.push({
        code: ack.get('MSA.1').toString(),
        control: ack.get('MSA.2').toString(),
        text: ack.toString(),
      })
      answered()
    })
    for (const text of messages) {
      const answer = new Promise((resolve) => { answered = resolve })
      await connection.sendMessage(new Message({ text }))
      await answer
    }
    await connection.close()
    client.closeAll()
    return answers
  },

  'simple-hl7': async (port, messages) => {
    const hl7 = require('simple-hl7')
    const client = hl7.Server.createTcpClient({ host: HOST, port, keepalive: true })
    const parser = new hl7.Parser({ segmentSeperator: '\r' })
    const answers = []
    for (const text of messages) {
      const ack = await new Promise((resolve, reject) => {
        client.send(parser.parse(text), (err, got) => err ? reject(err) : resolve(got))
      })
      const msa = ack.getSegment('MSA')
      answers.push({
        code: msa.getField(1),
        control: msa.getField(2),
        text: ack.toString(),
      })
    }
    client.close()
    return answers
  },
}

async function main() {
  const [name, port] = process.argv.slice(2)
  let input = ''
  for await (const chunk of process.stdin) input += chunk
  const answers = await clients[name](Number(port), JSON.parse(input))
  process.stdout.write(JSON.stringify(answers), () => process.exit(0))
}

main().catch((err) => {
  process.stderr.write(`${err.stack}\n`)
  process.exit(1)
})
