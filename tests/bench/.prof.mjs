// ../../../var/tmp/speed/prof.ts
import { mkdtempSync as mkdtempSync2, rmSync as rmSync3, readFileSync as readFileSync2, readdirSync } from "node:fs";
import { spawn as spawn2 } from "node:child_process";

// tests/bench/endpoints.ts
import { writeFileSync as writeFileSync2 } from "node:fs";
import { join as join2 } from "node:path";

// tests/connection/relay.ts
import { connect, createServer } from "node:net";
function startRelay(port) {
  const sockets = /* @__PURE__ */ new Set();
  let frozen = false;
  let heard = true;
  const server = createServer((client) => {
    relay.connections += 1;
    if (relay.refuse > 0) {
      relay.refuse -= 1;
      client.destroy();
      return;
    }
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => {
      });
    }
    const pass = (from, to, spoil) => {
      from.on("data", (chunk) => {
        if (frozen) return;
        if (from === client && heard) {
          relay.turns += 1;
          heard = false;
        }
        if (spoil && relay.garble) {
          relay.garble = false;
          chunk[chunk.length - 1] ^= 1;
        }
        const give = () => {
          if (to === client) heard = true;
          if (to.writable) to.write(chunk);
        };
        if (relay.delay > 0) setTimeout(give, relay.delay);
        else give();
      });
      from.on("close", () => {
        sockets.delete(from);
        if (!frozen) setTimeout(() => to.destroy(), relay.delay);
      });
    };
    pass(client, upstream, false);
    pass(upstream, client, true);
  });
  const relay = {
    port: 0,
    delay: 0,
    refuse: 0,
    garble: false,
    connections: 0,
    turns: 0,
    freeze() {
      frozen = true;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    })
  };
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(Object.assign(relay, { port: server.address().port }));
    });
  });
}

// tests/sshd.ts
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connect2, createServer as createServer2 } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
var binary = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].find((path) => existsSync(path));
var haveSshd = binary !== void 0;
var canInventUsers = haveSshd && userInfo().uid === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;
async function startSshd(config2 = [], users = [], sudoers = [], { ownHome = false } = {}) {
  const folder2 = mkdtempSync(join(tmpdir(), "understudy-sshd-"));
  const at = (name2) => join(folder2, name2);
  keygen("ed25519", at("host_key"));
  keygen("ed25519", at("id"));
  writeFileSync(at("authorized_keys"), readFileSync(at("id.pub")));
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 493 });
  const port = await freePort();
  const own = new Set(config2.map((line4) => line4.split(" ")[0]));
  const lines2 = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${at("host_key")}`,
    `AuthorizedKeysFile ${at("authorized_keys")}`,
    `PidFile ${at("pid")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin yes",
    "LogLevel VERBOSE",
    "UseDNS no",
    "PerSourceMaxStartups none",
    "MaxStartups 200",
    // For the peers of tests/bench: files travel over a shell here.
    "Subsystem sftp internal-sftp"
  ].filter((line4) => !own.has(line4.split(" ")[0]));
  writeFileSync(at("config"), `${[...config2, ...lines2].join("\n")}
`);
  const argv = [binary, "-D", "-e", "-f", at("config")];
  const [program, ...rest] = users.length > 0 || ownHome ? withUsers(folder2, { users, sudoers, ownHome }, argv) : argv;
  const server = spawn(program, rest, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  server.stderr.on("data", (chunk) => {
    log += chunk.toString();
  });
  const hostKey = readFileSync(at("host_key.pub"), "utf8").trim();
  writeFileSync(at("known_hosts"), `[127.0.0.1]:${port} ${hostKey}
`);
  await listening(port, server, () => log);
  return {
    port,
    key: at("id"),
    knownHosts: at("known_hosts"),
    hostKey,
    folder: folder2,
    user: userInfo().username,
    log: () => log,
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      if (server.exitCode === null) {
        server.kill("SIGTERM");
        await ended;
      }
      rmSync(folder2, { recursive: true, force: true });
    }
  };
}
function withUsers(folder2, { users, sudoers, ownHome }, argv) {
  const at = (name2) => join(folder2, name2);
  const lines2 = { passwd: "", shadow: "", group: "" };
  users.forEach(({ name: name2, password, shell = "/bin/sh" }, index) => {
    const id = 61e3 + index;
    const home = at(`home-${name2}`);
    mkdirSync(home);
    chownSync(home, id, id);
    const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: `${password}
` }).toString().trim();
    lines2.passwd += `${name2}:x:${id}:${id}::${home}:${shell}
`;
    lines2.shadow += `${name2}:${hash}:19000:0:99999:7:::
`;
    lines2.group += `${name2}:x:${id}:
`;
  });
  if (ownHome) mkdirSync(at("home"));
  chmodSync(folder2, 493);
  chmodSync(at("authorized_keys"), 420);
  const root = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: "rootsecret\n" }).toString().trim();
  for (const name2 of ["passwd", "shadow", "group"]) {
    let own = readFileSync(`/etc/${name2}`, "utf8").replace(/^root:[^:]*:(?=\d+:0:)/m, `root:${root}:`);
    if (ownHome && name2 === "passwd") own = own.replace(/^(root:.*:)[^:]*(?=:[^:]*$)/m, `$1${at("home")}`);
    writeFileSync(at(name2), own + lines2[name2], { mode: name2 === "shadow" ? 384 : 420 });
  }
  const rules = users.filter((user) => user.sudo).map((user) => `${user.name} ${user.sudo}`);
  writeFileSync(at("sudoers"), `${["root ALL=(ALL:ALL) ALL", ...sudoers, ...rules].join("\n")}
`, { mode: 288 });
  const mounts = ["passwd", "shadow", "group", "sudoers"].map((name2) => `mount --bind ${at(name2)} /etc/${name2}`);
  return ["unshare", "-m", "sh", "-c", `${mounts.join(" && ")} && exec "$@"`, "sh", ...argv];
}
function keygen(type, path, passphrase = "") {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "test", "-f", path]);
}
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer2();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
async function listening(port, server, log) {
  for (let tries = 0; tries < 200; tries++) {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${log()}`);
    const open = await new Promise((resolve) => {
      const socket = connect2(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`sshd does not listen: ${log()}`);
}

// tests/bench/endpoints.ts
var perServer = 16;
var config = ["LogLevel ERROR", "MaxStartups 2000", "MaxSessions 100"];
var Servers = class {
  #servers = [];
  #relays = [];
  async hosts(count, folder2, rtt = 0) {
    while (this.#servers.length * perServer < count) {
      const own = Array.from({ length: perServer }, (_, index) => this.#address(this.#servers.length, index));
      const listen = ["127.0.0.1", ...own.slice(1)].map((address) => `ListenAddress ${address}`);
      this.#servers.push(await startSshd([...listen, ...config], [], [], { ownHome: canInventUsers }));
    }
    const all = [];
    for (let index = 0; index < count; index++) {
      const server = this.#servers[Math.floor(index / perServer)];
      const address = index % perServer === 0 ? "127.0.0.1" : this.#address(Math.floor(index / perServer), index % perServer);
      let { port } = server;
      if (rtt > 0) {
        const relay = await startRelay(port);
        relay.delay = rtt / 2;
        this.#relays.push(relay);
        port = relay.port;
      }
      const reached = rtt > 0 ? "127.0.0.1" : address;
      all.push({ name: `host${index + 1}`, address: reached, port, key: server.key, user: server.user });
    }
    const inventory2 = join2(folder2, "hosts.ini");
    writeFileSync2(inventory2, ini(all));
    const pyinfra = join2(folder2, "hosts.py");
    writeFileSync2(pyinfra, python(all, join2(folder2, "known_hosts")));
    return { all, inventory: inventory2, pyinfra };
  }
  async stop() {
    for (const relay of this.#relays) await relay.close();
    for (const server of this.#servers) await server.stop();
  }
  #address = (server, index) => `127.9.${server}.${index + 1}`;
};
var ini = (hosts) => {
  const lines2 = hosts.map(
    ({ name: name2, address, port, key, user }) => `${name2} ansible_host=${address} ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${key}`
  );
  const unknown = "-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR";
  const python2 = process.env.BENCH_PYTHON ?? "/usr/bin/python3";
  return `${lines2.join("\n")}
[all:vars]
ansible_ssh_common_args=${unknown}
ansible_python_interpreter=${python2}
`;
};
var python = (hosts, knownHosts) => {
  const entries = hosts.map(({ name: name2, address, port, key, user }) => {
    const data = {
      ssh_hostname: address,
      ssh_port: port,
      ssh_user: user,
      ssh_key: key,
      ssh_known_hosts_file: knownHosts,
      ssh_strict_host_key_checking: "no"
    };
    return `    (${JSON.stringify(name2)}, ${JSON.stringify(data)}),`;
  });
  return `hosts = [
${entries.join("\n")}
]
`;
};

// tests/bench/lines/commands.ts
import { writeFileSync as writeFileSync3 } from "node:fs";
import { join as join3 } from "node:path";
function commandPlay(count) {
  const tasks = Array.from({ length: count }, (_, index) => `    - name: task ${index}
      command: /bin/true
`);
  return `- hosts: all
  gather_facts: false
  tasks:
${tasks.join("")}`;
}
var floorScript = (count) => `
const { spawn } = require('node:child_process')
const child = spawn('ssh', process.argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
let left = ${count}
const ask = () => child.stdin.write('/bin/true; echo $?\\n')
child.stdout.on('data', () => (--left ? ask() : child.stdin.end()))
ask()
`;
var commands = {
  name: "commands",
  title: "50 \xD7 `command: /bin/true`, one host",
  bar: { ansible: 20, mitogen: 6 },
  within: { floor: 2 },
  rounds: 5,
  prepare({ folder: folder2, endpoints }) {
    const playbook = join3(folder2, "play.yml");
    writeFileSync3(playbook, commandPlay(50));
    const deploy = join3(folder2, "deploy.py");
    writeFileSync3(
      deploy,
      'from pyinfra.operations import server\nfor i in range(50):\n    server.shell(name=f"task {i}", commands=["/bin/true"])\n'
    );
    const [host] = endpoints.all;
    const options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "LogLevel=ERROR"].flatMap((text) => [
      "-o",
      text
    ]);
    const ssh = [...options, "-i", host.key, "-p", String(host.port), `${host.user}@${host.address}`, "sh"];
    return { playbook, deploy, commands: { floor: { argv: [process.execPath, "-e", floorScript(50), "--", ...ssh] } } };
  }
};

// tests/bench/lines/controller.ts
import { writeFileSync as writeFileSync4 } from "node:fs";
import { join as join4 } from "node:path";
var controller = {
  name: "controller",
  title: "1,000 controller-only tasks",
  bar: { ansible: 40 },
  prepare({ folder: folder2 }) {
    const tasks = Array.from({ length: 500 }, (_, index) => [
      `    - set_fact: {count${index}: "{{ ${index} + 1 }}"}`,
      `    - debug: {msg: "{{ count${index} }}"}`
    ]);
    const playbook = join4(folder2, "play.yml");
    const lines2 = ["- hosts: localhost", "  connection: local", "  gather_facts: false", "  tasks:", ...tasks.flat()];
    writeFileSync4(playbook, `${lines2.join("\n")}
`);
    return { playbook };
  }
};

// tests/bench/lines/controller-hosts.ts
import { writeFileSync as writeFileSync5 } from "node:fs";
import { join as join5 } from "node:path";
var HOSTS = 1e3;
function prepare({ folder: folder2 }) {
  const inventory2 = join5(folder2, "hosts");
  const names = Array.from({ length: HOSTS }, (_, index) => `h${index} ansible_connection=local`);
  writeFileSync5(inventory2, `${names.join("\n")}
`);
  const tasks = Array.from({ length: 5 }, (_, index) => [
    `    - set_fact: {fact${index}: "{{ inventory_hostname }}-${index}"}`,
    `    - debug: {msg: "{{ fact${index} }}"}`
  ]);
  const playbook = join5(folder2, "play.yml");
  writeFileSync5(playbook, `${["- hosts: all", "  gather_facts: false", "  tasks:", ...tasks.flat()].join("\n")}
`);
  return { playbook, args: ["-i", inventory2] };
}
var controllerHosts = [
  {
    name: "controller-hosts",
    title: `10 controller-only tasks \xD7 ${HOSTS} hosts`,
    bar: { ansible: 20 },
    rounds: 1,
    prepare
  },
  {
    name: "controller-memory",
    title: `memory, 10 controller-only tasks \xD7 ${HOSTS} hosts`,
    bar: {},
    limit: 300,
    unit: "MB",
    rounds: 1,
    prepare
  }
];

// tests/bench/lines/copy.ts
import { randomBytes } from "node:crypto";
import { mkdirSync as mkdirSync2, rmSync as rmSync2, writeFileSync as writeFileSync6 } from "node:fs";
import { join as join6 } from "node:path";
var play = (source, target) => `- hosts: all
  gather_facts: false
  tasks:
    - copy: {src: "${source}", dest: "${target}"}
`;
var sshWords = ({ key, port, user, address }) => `ssh -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -i ${key} -p ${port} ${user}@${address}`;
var copyLarge = {
  name: "copy-large",
  title: "copy of 100 MB",
  bar: {},
  within: { floor: 1.3 },
  prepare({ folder: folder2, endpoints }) {
    const target = join6(folder2, "target");
    const source = join6(folder2, "source");
    writeFileSync6(source, randomBytes(100 << 20));
    const playbook = join6(folder2, "play.yml");
    writeFileSync6(playbook, play(source, target));
    const deploy = join6(folder2, "deploy.py");
    writeFileSync6(deploy, `from pyinfra.operations import files
files.put(src="${source}", dest="${target}")
`);
    const floor = { argv: ["sh", "-c", `${sshWords(endpoints.all[0])} 'cat >${target}' <${source}`] };
    return { playbook, deploy, commands: { floor }, before: () => rmSync2(target, { force: true }) };
  }
};
var copyDirectory = {
  name: "copy-directory",
  title: "copy of a directory with 1,000 small files",
  bar: { ansible: 20, mitogen: 2 },
  rounds: 1,
  prepare({ folder: folder2 }) {
    const target = join6(folder2, "target");
    const source = join6(folder2, "source");
    mkdirSync2(source);
    for (let index = 0; index < 1e3; index++) writeFileSync6(join6(source, `file${index}`), `text of file ${index}
`);
    const playbook = join6(folder2, "play.yml");
    writeFileSync6(playbook, play(`${source}/`, `${target}/`));
    return { playbook, before: () => rmSync2(target, { recursive: true, force: true }) };
  }
};

// tests/bench/lines/files.ts
import { writeFileSync as writeFileSync7 } from "node:fs";
import { join as join7 } from "node:path";
function filePlay(target, source) {
  const lines2 = ["- hosts: all", "  gather_facts: false", "  vars: {greeting: hello}", "  tasks:"];
  for (let index = 0; index < 8; index++) {
    const at = `${target}/{{ inventory_hostname }}-${index}`;
    lines2.push(
      `    - file: {path: "${at}", state: directory, mode: "0755"}`,
      `    - copy: {src: "${source}/small.txt", dest: "${at}/copied.txt", mode: "0644"}`,
      `    - template: {src: "${source}/small.j2", dest: "${at}/templated.txt", mode: "0644"}`,
      `    - lineinfile: {path: "${at}/copied.txt", line: "line 3 of the text"}`,
      `    - stat: {path: "${at}/templated.txt"}`
    );
  }
  return `${lines2.join("\n")}
`;
}
var deployOf = (target, source) => `from pyinfra import host
from pyinfra.operations import files
from pyinfra.facts.files import File
for i in range(8):
    at = f"${target}/{host.name}-{i}"
    files.directory(path=at, mode="755")
    files.put(src="${source}/small.txt", dest=f"{at}/copied.txt", mode="644")
    files.template(src="${source}/small.j2", dest=f"{at}/templated.txt", mode="644", greeting="hello", inventory_hostname=host.name)
    files.line(path=f"{at}/copied.txt", line="line 3 of the text")
    host.get_fact(File, path=f"{at}/templated.txt")
`;
var files = {
  name: "files",
  title: "40 file, copy, template, lineinfile and stat tasks, second run",
  bar: { ansible: 20, mitogen: 6, pyinfra: 6 },
  rounds: 5,
  prepare: ({ folder: folder2 }) => prepareFiles(folder2)
};
function prepareFiles(folder2) {
  const text = Array.from({ length: 20 }, (_, index) => `line ${index} of the text
`).join("");
  writeFileSync7(join7(folder2, "small.txt"), text);
  writeFileSync7(join7(folder2, "small.j2"), `${text}{{ greeting }} from {{ inventory_hostname }}
`);
  const playbook = join7(folder2, "play.yml");
  writeFileSync7(playbook, filePlay(folder2, folder2));
  const deploy = join7(folder2, "deploy.py");
  writeFileSync7(deploy, deployOf(folder2, folder2));
  return { playbook, deploy };
}

// tests/bench/lines/many-hosts.ts
import { writeFileSync as writeFileSync8 } from "node:fs";
import { join as join8 } from "node:path";
var manyHosts = [20, 50, 100].map((hosts) => ({
  name: `hosts-${hosts}`,
  title: `10 tasks \xD7 ${hosts} hosts`,
  bar: { ansible: 20, mitogen: 10, pyinfra: 2 },
  hosts,
  rounds: hosts === 20 ? 3 : 1,
  prepare: ({ folder: folder2 }) => prepareCommands(folder2, 10)
}));
function prepareCommands(folder2, count) {
  const playbook = join8(folder2, "play.yml");
  writeFileSync8(playbook, commandPlay(count));
  const deploy = join8(folder2, "deploy.py");
  writeFileSync8(
    deploy,
    `from pyinfra.operations import server
for i in range(${count}):
    server.shell(name=f"task {i}", commands=["/bin/true"])
`
  );
  return { playbook, deploy };
}

// tests/bench/lines/distance.ts
var commands2 = (rtt, connect3) => ({
  name: `commands-${rtt}ms`,
  title: `50 \xD7 \`command: /bin/true\`, ${rtt} ms round-trip time`,
  bar: {},
  // 1.2 × (50 round trips and a connection).
  limit: 1.2 * (50 * rtt + connect3) / 1e3,
  rtt,
  prepare: ({ folder: folder2 }) => prepareCommands(folder2, 50)
});
var files2 = (rtt) => ({
  name: `files-${rtt}ms`,
  title: `40 unchanged file tasks, ${rtt} ms round-trip time`,
  bar: {},
  rtt,
  prepare: ({ folder: folder2 }) => prepareFiles(folder2)
});
var distance = [commands2(20, 660), commands2(100, 1300), files2(20), files2(100)];

// tests/bench/lines/facts.ts
import { writeFileSync as writeFileSync9 } from "node:fs";
import { join as join9 } from "node:path";
var facts = {
  name: "facts",
  title: "gather_facts \xD7 20 hosts",
  bar: { ansible: 8 },
  hosts: 20,
  prepare({ folder: folder2 }) {
    const playbook = join9(folder2, "play.yml");
    writeFileSync9(playbook, "- hosts: all\n  gather_facts: true\n");
    return { playbook };
  }
};

// tests/bench/lines/inventory.ts
import { writeFileSync as writeFileSync10 } from "node:fs";
import { join as join10 } from "node:path";
var line = (name2, pattern, title) => ({
  name: name2,
  title,
  bar: { ansible: 5 },
  prepare({ folder: folder2 }) {
    const hosts = join10(folder2, "many.ini");
    const groups = Array.from({ length: 50 }, (_, group) => {
      const own = Array.from(
        { length: 200 },
        (_2, index) => `host${group * 200 + index} ansible_host=10.${group}.0.${index}`
      );
      return `[group${group}]
${own.join("\n")}
`;
    });
    writeFileSync10(hosts, groups.join(""));
    const playbook = join10(folder2, "play.yml");
    writeFileSync10(playbook, `- hosts: "${pattern}"
  gather_facts: false
  tasks: []
`);
    return { playbook, args: ["-i", hosts, "--list-hosts"] };
  }
});
var inventory = [
  line("inventory", "all", "inventory of 10,000 hosts, list"),
  line("pattern", "group1*:&group[1-3]*:!host2[0-4]*:~host\\\\d+7$", "inventory of 10,000 hosts, pattern")
];

// tests/bench/lines/loop.ts
import { writeFileSync as writeFileSync11 } from "node:fs";
import { join as join11 } from "node:path";
var loop = {
  name: "loop",
  title: "one task, 200 loop items",
  bar: { ansible: 25, mitogen: 3 },
  prepare({ folder: folder2 }) {
    const playbook = join11(folder2, "play.yml");
    writeFileSync11(
      playbook,
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "/bin/echo {{ item }}"\n      loop: "{{ range(200) | list }}"\n'
    );
    const deploy = join11(folder2, "deploy.py");
    writeFileSync11(
      deploy,
      'from pyinfra.operations import server\nfor i in range(200):\n    server.shell(name=f"item {i}", commands=[f"/bin/echo {i}"])\n'
    );
    return { playbook, deploy };
  }
};

// tests/bench/lines/memory.ts
var line2 = (hosts, limit) => ({
  name: `memory-${hosts}`,
  title: `memory, 10 tasks \xD7 ${hosts} hosts`,
  bar: {},
  hosts,
  limit,
  unit: "MB",
  rounds: 1,
  prepare: ({ folder: folder2 }) => prepareCommands(folder2, 10)
});
var memory = [line2(100, 150), line2(1e3, 400)];

// tests/bench/lines/start-up.ts
import { mkdirSync as mkdirSync3, writeFileSync as writeFileSync12 } from "node:fs";
import { join as join12 } from "node:path";
var version = {
  name: "version",
  title: "`--version`",
  bar: { ansible: 5 },
  limit: 0.12,
  unit: "cpu",
  rounds: 9,
  prepare: () => ({ playbook: "--version" })
};
var syntax = {
  name: "syntax",
  title: "`--syntax-check` of 20 roles with 2,000 tasks",
  bar: { ansible: 5 },
  rounds: 5,
  prepare({ folder: folder2 }) {
    for (let role = 0; role < 20; role++) {
      const at = join12(folder2, "roles", `role${role}`);
      mkdirSync3(join12(at, "tasks"), { recursive: true });
      mkdirSync3(join12(at, "defaults"));
      writeFileSync12(join12(at, "defaults", "main.yml"), `port${role}: 80${role}
name${role}: "{{ port${role} }} x"
`);
      const tasks = Array.from({ length: 100 }, (_, index) => {
        const kinds = [
          `- name: install ${index}
  apt: {name: "pkg{{ port${role} }}", state: present}
  when: port${role} is defined
`,
          `- name: put ${index}
  copy:
    content: "{{ name${role} }}"
    dest: /etc/file${index}
    mode: "0644"
  tags: [config]
`,
          `- name: run ${index}
  shell: echo {{ item }}
  loop: [a, b, c]
  register: out
  changed_when: false
`,
          `- name: line ${index}
  lineinfile: {path: /etc/hosts, line: "10.0.0.${index} host"}
  become: true
`
        ];
        return kinds[index % kinds.length];
      });
      writeFileSync12(join12(at, "tasks", "main.yml"), tasks.join(""));
    }
    const playbook = join12(folder2, "site.yml");
    const roles = Array.from({ length: 20 }, (_, role) => `    - role${role}
`);
    writeFileSync12(playbook, `- hosts: all
  roles:
${roles.join("")}`);
    return { playbook, args: ["--syntax-check"] };
  }
};
var startUp = [version, syntax];

// tests/bench/lines/index.ts
var lines = [
  commands,
  files,
  loop,
  ...manyHosts,
  facts,
  controller,
  ...controllerHosts,
  ...startUp,
  copyLarge,
  copyDirectory,
  ...inventory,
  ...distance,
  ...memory
];

// ../../../var/tmp/speed/prof.ts
var hz = 100;
function treeCpu(pid) {
  const stat = readFileSync2(`/proc/${pid}/stat`, "utf8");
  const f = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { own: (Number(f[11]) + Number(f[12])) / hz, kids: (Number(f[13]) + Number(f[14])) / hz };
}
function sshds() {
  return readdirSync("/proc").filter((n) => /^\d+$/.test(n)).filter((n) => {
    try {
      const c = readFileSync2(`/proc/${n}/cmdline`, "utf8");
      return c.includes("sshd") && c.includes("/tmp/understudy-sshd-") && !c.includes("[net]") && !c.includes("-R") && Number(readFileSync2(`/proc/${n}/stat`, "utf8").replace(/^.*\) /, "").split(" ")[1]) === process.pid;
    } catch {
      return false;
    }
  }).map(Number);
}
var [name, rounds = "3", ...extra] = process.argv.slice(2);
var [lineName, hostsText] = name.split(":");
var line3 = lines.find((l) => l.name === lineName);
var folder = mkdtempSync2("/tmp/speed-");
var servers = new Servers();
try {
  const endpoints = await servers.hosts(Number(hostsText ?? line3.hosts ?? 1), folder);
  const work = line3.prepare({ folder, endpoints });
  const mode = process.env.MODE ?? "run";
  const exe = process.env.EXE ?? "/work/wt/speed/bin/understudy.js";
  const node = process.env.NODE ?? process.execPath;
  const base = [...process.env.NODEARGS?.split(" ") ?? [], exe, "playbook", "-i", endpoints.inventory, "-f", process.env.F ?? "50", process.env.PLAY ?? work.playbook, ...work.args ?? [], ...extra];
  if (mode === "shell") {
    console.log(folder, endpoints.inventory, work.playbook, sshds().join(","));
    await new Promise(() => process.stdin.once("data", (r) => {
    }));
  }
  for (let i = 0; i < Number(rounds); i++) {
    work.before?.();
    const pids = sshds();
    const before = pids.map(treeCpu);
    const t0 = performance.now();
    const argv = process.env.WRAP ? [...process.env.WRAP.split(" "), node, ...base] : [node, ...base];
    const r = await new Promise((resolve) => {
      const c = spawn2("bash", ["-c", 'TIMEFORMAT="%R %U %S"; time "$@" 2>&1', "bash", ...argv], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
      let out = "", err = "";
      c.stdout.on("data", (d) => out += d);
      c.stderr.on("data", (d) => err += d);
      c.on("close", (code) => resolve({ code, out, err }));
    });
    await new Promise((r2) => setTimeout(r2, 700));
    const after = pids.map(treeCpu);
    const kids = after.reduce((s2, a, i2) => s2 + a.kids - before[i2].kids, 0);
    const own = after.reduce((s2, a, i2) => s2 + a.own - before[i2].own, 0);
    const [real, u, s] = r.err.trim().split("\n").at(-1).split(" ").map(Number);
    console.log(`code ${r.code} wall ${real} ours ${(u + s).toFixed(2)} (u ${u} s ${s}) hosts ${(kids + own).toFixed(2)} (master ${own.toFixed(2)})`);
    if (r.code || process.env.SHOW) console.log(r.out.slice(-3e3));
  }
} finally {
  await servers.stop();
  rmSync3(folder, { recursive: true, force: true });
}
process.exit(0);
