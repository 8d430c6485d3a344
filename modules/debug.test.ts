import { testModule } from '../engine/module/test.js'
import debug from './debug.js'
import fail from './fail.js'
import pause from './pause.js'
import ping from './ping.js'

testModule(
  debug,
  {},
  {
    'says hello': { returns: { msg: 'Hello world!', _ansible_verbose_always: true }, changed: false },
    'says null where that is the message': {
      args: { msg: null },
      returns: { msg: null, _ansible_verbose_always: true },
      changed: false,
    },
    'shows data as it is': { args: { msg: ['a', 1] }, returns: { msg: ['a', 1] } },
    'shows the value of an expression': { args: { var: 'a + b' }, returns: { 'a + b': 'a + b' } },
    'keeps quiet below its verbosity': {
      args: { msg: 'a', verbosity: 2 },
      returns: { skipped: true, skipped_reason: 'Verbosity threshold not met.' },
    },
    'shows one thing': { args: { msg: 'a', var: 'b' }, fails: "'msg' and 'var' are incompatible options" },
  },
)

testModule(
  fail,
  {},
  {
    fails: { fails: 'Failed as requested from task' },
    'says why': { args: { msg: 'no' }, fails: 'no' },
  },
)

testModule(
  ping,
  {},
  {
    answers: { returns: { ping: 'pong' }, changed: false },
    'answers with what it was given': { args: { data: 'x' }, returns: { ping: 'x' } },
    'fails on demand': {
      args: { data: 'crash' },
      fails: /MODULE FAILURE/,
      returns: { module_stderr: 'Exception: boom\n', rc: 1 },
    },
  },
)

testModule(
  pause,
  {},
  {
    'returns what was typed': {
      args: { prompt: 'Name' },
      answers: ['me', 'me', 'me'],
      returns: { user_input: 'me', stdout: 'Paused for 0.0 minutes', rc: 0, echo: true, delta: 0 },
      changed: false,
    },
    'goes on where nobody can answer': {
      args: { prompt: 'Name' },
      warnings: [/stdin is not interactive/],
      returns: { user_input: '' },
    },
    'wants a number': {
      args: { seconds: 'x' },
      fails:
        "argument 'seconds' is of type <class 'str'> and we were unable to convert to int: invalid literal for int() with base 10: 'x'",
    },
    'waits once': { args: { seconds: 1, minutes: 1 }, fails: 'parameters are mutually exclusive: minutes|seconds' },
  },
)
