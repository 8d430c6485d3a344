import { expect, test } from 'vitest'
import { shownCommand } from './shown-command.js'

test.each([
  [['nosuch', 'a b', "it's", '', '-p'], `nosuch 'a b' 'it'"'"'s' '' -p`],
  [
    ['x', '--password', 'hh', 'pass=x', '--passwd', 'zz'],
    "x --password '********' 'pass=********' --passwd '********'",
  ],
  [['x', '-passphrase', 'pass', 'b', '--PASSWORD', 'k'], "x -passphrase '********' b --PASSWORD k"],
  [['x', 'http://a:b@c/d', 'http://a@c:80/d'], "x 'http://a:********@c/d' http://a@c:80/d"],
])('%j is shown as %s', (argv, expected) => expect(shownCommand(argv)).toBe(expected))
