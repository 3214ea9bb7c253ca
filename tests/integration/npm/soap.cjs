// Asks PIXV3 queries with npm's soap from the WSDL that the server gives, and prints the answers.
//   in:  argv URL of the WSDL; stdin a JSON array of messages (PRPA_IN201309UV02 as text)
//   out: a JSON array, for each {ack, raw}: typeCode as the client read it, and the envelope; or
//        {fault}: the fault as the client read it
'use strict'

const soap = require('soap')

async function main () {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  const client = await soap.createClientAsync(process.argv[2], { forceSoap12Headers: true })
  const answers = []
  for (const message of JSON.parse(Buffer.concat(chunks).toString())) {
    try {
      const [result, raw] = await client.PIXManager_PRPA_IN201309UV02Async({ _xml: message })
      answers.push({ ack: result.acknowledgement.typeCode.attributes.code, raw })
    } catch (error) {
      if (error.root === undefined) throw error
      answers.push({ fault: error.root.Envelope.Body.Fault.Code.Value })
    }
  }
  process.stdout.write(JSON.stringify(answers))
}

main().catch((error) => { console.error(error); process.exit(1) })
