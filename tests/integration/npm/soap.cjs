// Sends messages of HL7 v3 with npm's soap, from the WSDL that the server gives at each path, and
// prints the answers.
//   in:  argv address of the server; stdin a JSON array of [path, operation, message as text]
//   out: a JSON array, for each {ack, raw}: typeCode as the client read it, and the envelope; or
//        {fault}: the fault as the client read it
'use strict'

const soap = require('soap')

async function main () {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  const clients = {}
  const answers = []
  for (const [path, operation, message] of JSON.parse(Buffer.concat(chunks).toString())) {
    clients[path] ??= await soap.createClientAsync(process.argv[2] + path + '?wsdl=raw',
      { forceSoap12Headers: true })
    try {
      const [result, raw] = await clients[path][operation + 'Async']({ _xml: message })
      answers.push({ ack: result.acknowledgement.typeCode.attributes.code, raw })
    } catch (error) {
      if (error.root === undefined) throw error
      answers.push({ fault: error.root.Envelope.Body.Fault.Code.Value })
    }
  }
  process.stdout.write(JSON.stringify(answers))
}

main().catch((error) => { console.error(error); process.exit(1) })
