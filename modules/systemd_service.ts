export { default } from './systemd.js'
