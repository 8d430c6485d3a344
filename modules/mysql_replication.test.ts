import { expect } from 'vitest'
import { testModule } from '../engine/module/test.js'
import replication from './mysql_replication.js'

const rows = (statement: string, row: { [name: string]: string }) =>
  `<?xml version="1.0"?>\n<resultset statement="${statement}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><row>${Object.entries(
    row,
  )
    .map(([name, value]) => `<field name="${name}">${value}</field>`)
    .join('')}</row></resultset>`

testModule(
  replication,
  {},
  {
    'tells the position of the primary': {
      args: { mode: 'getprimary' },
      commands: { '*--xml*': rows('SHOW MASTER STATUS', { File: 'mysql-bin.000001', Position: '769' }) },
      returns: { Is_Primary: true, File: 'mysql-bin.000001', Position: 769 },
    },
    'tells that there is no replication': {
      commands: { '*--xml*': '' },
      returns: { Is_Replica: false, msg: 'Server is not configured as mysql replica' },
    },
    'changes the primary and hides the password': {
      args: { mode: 'changeprimary', master_host: 'p', primary_password: "s'x", primary_log_pos: 4, primary_ssl: true },
      commands: {
        '*--xml*': call => {
          expect(call.text).not.toContain("'x")
          expect(call.stdin).toContain(
            "CHANGE MASTER TO MASTER_HOST='p',MASTER_PASSWORD='s\\'x',MASTER_LOG_POS=4,MASTER_SSL=1;\n",
          )
          return ''
        },
      },
      returns: {
        queries: ["CHANGE MASTER TO MASTER_HOST='p',MASTER_PASSWORD='********',MASTER_LOG_POS=4,MASTER_SSL=1"],
      },
      again: { changed: 'the server is told each time, as Ansible does' },
    },
    'starts a replica': {
      args: { mode: 'startreplica', connection_name: 'c' },
      commands: {
        '*--xml*': call => {
          expect(call.stdin).toContain("START REPLICA 'c';")
          return ''
        },
      },
      returns: { msg: 'Replica started ' },
      again: { changed: 'as Ansible does' },
    },
    'does not fail for a replica that will not start': {
      args: { mode: 'stopreplica' },
      commands: { '*--xml*': { rc: 1, stderr: 'ERROR 1200 (HY000) at line 1: not a slave' } },
      returns: { changed: false, msg: 'Replica stopping error' },
    },
  },
)
