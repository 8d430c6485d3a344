import { testModule } from '../engine/module/test.js'
import validate from './validate_argument_spec.js'

const argument_spec = {
  port: { type: 'int', required: true },
  mode: { choices: ['fast', 'safe'] },
  hosts: { type: 'list', elements: 'dict', options: { name: { required: true } } },
}
const passed = { changed: false, msg: 'The arg spec validation passed' }

testModule(
  validate,
  { argument_spec },
  {
    'accepts what fits': {
      args: {
        provided_arguments: { port: '80', mode: 'safe', hosts: [{ name: 'a' }] },
        validate_args_context: { name: 'main' },
      },
      returns: { ...passed, validate_args_context: new Map([['name', 'main']]) },
    },
    'takes from the variables what is not given': { variables: { port: 80 }, returns: passed },
    'names what is missing': {
      fails: 'Validation of arguments failed:\nmissing required arguments: port',
      returns: { argument_errors: ['missing required arguments: port'] },
    },
    'names what is none of the choices': {
      args: { provided_arguments: { port: 80, mode: 'wild' } },
      fails: 'Validation of arguments failed:\nvalue of mode must be one of: fast, safe, got: wild',
    },
    'names what is of another type': {
      args: { provided_arguments: { port: 'http' } },
      fails:
        /^Validation of arguments failed:\nargument 'port' is of type <class 'str'> and we were unable to convert to int/,
    },
    'looks into lists of dicts': {
      args: { provided_arguments: { port: 80, hosts: [{}] } },
      fails: /missing required arguments: name found in hosts/,
    },
    'wants a specification': {
      args: { argument_spec: undefined },
      fails: /^"argument_spec" arg is required in args: /,
    },
    'wants a specification that is one': {
      args: { argument_spec: ['port'] },
      fails: "Incorrect type for argument_spec, expected dict and got <class 'list'>",
    },
  },
)
