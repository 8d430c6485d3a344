/** Talks to a Unix socket of the host with whatever program there is for that. */
import type { ModuleContext } from '../../engine/module/define.js'
import { sh } from '../../engine/remote/quote.js'
import type { ShellText } from '../../engine/remote/remote.js'

/** Sends one line to the socket; what comes back until the other side hangs up. */
export type Send = (line: string, changes?: boolean) => Promise<string>

export function socketClient({ remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>, socket: string): Send {
  return async (line, changes = false) => {
    const command = conversation(socket, line)
    const answer = changes
      ? await remote.exec({ shell: command, why: line, changes: false })
      : await remote.query({ command, parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }) })
    if (answer.rc !== 0) fail(answer.stderr.trim() || `nobody answers at ${socket}`, { rc: answer.rc })
    return answer.stdout
  }
}

const perl =
  'socket(S,AF_UNIX,SOCK_STREAM,0) && connect(S,sockaddr_un(shift)) or die "$!\\n"; syswrite S,shift()."\\n"; print while <S>'
const python =
  'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall((sys.argv[2]+"\\n").encode()); sys.stdout.write(s.makefile().read())'

const conversation = (socket: string, line: string): ShellText => sh`s=${socket}; l=${line}
[ -S "$s" ] || { echo "there is no socket $s" >&2; exit 1; }
if command -v socat >/dev/null 2>&1; then printf '%s\n' "$l" | socat -t 60 - "UNIX-CONNECT:$s"
elif nc -h 2>&1 </dev/null | grep -q -e ' -U' -e '-[0-9A-Za-z]*U'; then printf '%s\n' "$l" | nc -U "$s"
elif command -v perl >/dev/null 2>&1; then perl -MSocket -e ${perl} "$s" "$l"
elif command -v python3 >/dev/null 2>&1; then python3 -c ${python} "$s" "$l"
else echo 'socat, nc -U, perl or python3 is needed to talk to a socket' >&2; exit 1; fi`
