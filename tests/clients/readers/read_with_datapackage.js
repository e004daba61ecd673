// Reads the CSV tables of packages with npm's `datapackage` and writes a file for each column (see columns.py).
// node read_with_datapackage.js MANIFEST FOLDER, with NODE_PATH naming the folder of the packages.
const fs = require('fs')
const path = require('path')
const {Package} = require('datapackage')

function cellText(value, kind) {
  if (value === null || value === undefined) return ''
  if (kind === 'date') return value.toISOString().slice(0, 10)
  if (kind === 'datetime') return value.toISOString().replace('.000Z', 'Z')
  return String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}

async function main() {
  const packages = {}
  for (const table of JSON.parse(fs.readFileSync(process.argv[2]))) {
    packages[table.descriptor] ??= await Package.load(table.descriptor)
    const descriptor = packages[table.descriptor]
    if (!descriptor.valid) throw new Error(`${table.descriptor}: ${descriptor.errors}`)
    const resource = descriptor.getResource(table.resource)
    const rows = await resource.read({relations: false})
    const folder = path.join(process.argv[3], table.name)
    fs.mkdirSync(folder, {recursive: true})
    fs.writeFileSync(path.join(folder, 'columns.json'), JSON.stringify(resource.headers))
    resource.headers.forEach((name, number) => {
      const text = rows.map((row) => cellText(row[number], table.types[name]) + '\n').join('')
      fs.writeFileSync(path.join(folder, `${number}.txt`), text)
    })
  }
}

main().catch((error) => { console.error(error); process.exit(1) })
