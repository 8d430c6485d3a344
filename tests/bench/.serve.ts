import { Servers } from './endpoints.js'
import { prepareFiles } from './lines/files.js'
export async function main(argv: string[]) {
  const servers = new Servers()
  const folder = '/var/tmp/spd/b'
  const e = await servers.hosts(Number(argv[0] ?? 50), folder)
  prepareFiles(folder)
  console.log(e.inventory)
  process.on('SIGTERM', () => void servers.stop().then(() => process.exit()))
  setInterval(() => {}, 1000)
}
