/** Every setting of ansible.cfg and its ANSIBLE_* variables, as data. */

export type SettingType =
  | 'bool'
  | 'int'
  | 'float'
  | 'str'
  | 'list'
  | 'dict'
  | 'path'
  | 'pathlist'
  | 'pathspec'
  | 'tmppath'
  | 'colour'
  | 'choice'

export interface Setting {
  readonly name: string
  readonly type: SettingType
  /** JSON, before macros and path expansion. */
  readonly fallback: unknown
  readonly choices: readonly string[] | undefined
  /** section.key, later ones win. */
  readonly ini: readonly string[]
  /** Environment variables, later ones win. */
  readonly env: readonly string[]
  readonly summary: string
  /** False: accepted because Ansible has it, but nothing here depends on it; `summary` says why. */
  readonly effective: boolean
}

/** Names and numbers that Ansible takes for a colour, besides `rgb###`, `gray##` and `color##`. */
export const colours = [
  'black',
  'bright gray',
  'blue',
  'white',
  'green',
  'bright blue',
  'cyan',
  'bright green',
  'red',
  'bright cyan',
  'purple',
  'bright red',
  'yellow',
  'bright purple',
  'dark gray',
  'bright yellow',
  'magenta',
  'bright magenta',
  'normal',
] as const

/** name | type or choices | default | ini keys | environment | what it does. Plugins' options are TYPE.PLUGIN.OPTION. */
const effective = `
ACTION_WARNINGS | bool | true | defaults.action_warnings | ANSIBLE_ACTION_WARNINGS | show the warnings that modules and actions give
AGNOSTIC_BECOME_PROMPT | bool | true | privilege_escalation.agnostic_become_prompt | ANSIBLE_AGNOSTIC_BECOME_PROMPT | ask for the "BECOME password", whatever the method
ANSIBLE_FORCE_COLOR | bool | false | defaults.force_color | ANSIBLE_FORCE_COLOR | colour the output even when it is not a terminal
ANSIBLE_HOME | path | ~/.ansible | defaults.home | ANSIBLE_HOME | folder for Ansible's own files; other defaults are below it
ANSIBLE_NOCOLOR | bool | false | defaults.nocolor | ANSIBLE_NOCOLOR NO_COLOR | never colour the output
ANY_ERRORS_FATAL | bool | false | defaults.any_errors_fatal | ANSIBLE_ANY_ERRORS_FATAL | a failure on one host ends the play for all hosts
BECOME_ALLOW_SAME_USER | bool | false | privilege_escalation.become_allow_same_user | ANSIBLE_BECOME_ALLOW_SAME_USER | become even when the user would not change
BECOME_PASSWORD_FILE | path | null | defaults.become_password_file | ANSIBLE_BECOME_PASSWORD_FILE | file or script that gives the become password
CACHE_PLUGIN | str | memory | defaults.fact_caching | ANSIBLE_CACHE_PLUGIN | where facts are kept between plays: memory or jsonfile
CACHE_PLUGIN_CONNECTION | str | null | defaults.fact_caching_connection | ANSIBLE_CACHE_PLUGIN_CONNECTION | folder of the fact cache
CACHE_PLUGIN_PREFIX | str | ansible_facts | defaults.fact_caching_prefix | ANSIBLE_CACHE_PLUGIN_PREFIX | prefix of the fact cache's files
CACHE_PLUGIN_TIMEOUT | int | 86400 | defaults.fact_caching_timeout | ANSIBLE_CACHE_PLUGIN_TIMEOUT | seconds for which cached facts are valid; 0 means for ever
CALLBACKS_ENABLED | list | [] | defaults.callback_whitelist defaults.callbacks_enabled | ANSIBLE_CALLBACK_WHITELIST ANSIBLE_CALLBACKS_ENABLED | further outputs that run beside the one on stdout
COLLECTIONS_PATHS | pathspec | {{ANSIBLE_HOME}}/collections:/usr/share/ansible/collections | defaults.collections_paths defaults.collections_path | ANSIBLE_COLLECTIONS_PATHS ANSIBLE_COLLECTIONS_PATH | folders that hold ansible_collections
COLOR_CHANGED | colour | yellow | colors.changed | ANSIBLE_COLOR_CHANGED | colour of a changed result
COLOR_CONSOLE_PROMPT | colour | white | colors.console_prompt | ANSIBLE_COLOR_CONSOLE_PROMPT | colour of the console's prompt
COLOR_DEBUG | colour | dark gray | colors.debug | ANSIBLE_COLOR_DEBUG | colour of debugging messages
COLOR_DEPRECATE | colour | purple | colors.deprecate | ANSIBLE_COLOR_DEPRECATE | colour of deprecation warnings
COLOR_DIFF_ADD | colour | green | colors.diff_add | ANSIBLE_COLOR_DIFF_ADD | colour of added lines in a diff
COLOR_DIFF_LINES | colour | cyan | colors.diff_lines | ANSIBLE_COLOR_DIFF_LINES | colour of line numbers in a diff
COLOR_DIFF_REMOVE | colour | red | colors.diff_remove | ANSIBLE_COLOR_DIFF_REMOVE | colour of removed lines in a diff
COLOR_ERROR | colour | red | colors.error | ANSIBLE_COLOR_ERROR | colour of errors and failures
COLOR_HIGHLIGHT | colour | white | colors.highlight | ANSIBLE_COLOR_HIGHLIGHT | colour of what should stand out
COLOR_INCLUDED | colour | cyan | colors.included | ANSIBLE_COLOR_INCLUDED | colour of included task files
COLOR_OK | colour | green | colors.ok | ANSIBLE_COLOR_OK | colour of an unchanged result
COLOR_SKIP | colour | cyan | colors.skip | ANSIBLE_COLOR_SKIP | colour of a skipped task
COLOR_UNREACHABLE | colour | bright red | colors.unreachable | ANSIBLE_COLOR_UNREACHABLE | colour of an unreachable host
COLOR_VERBOSE | colour | blue | colors.verbose | ANSIBLE_COLOR_VERBOSE | colour of what -v adds
COLOR_WARN | colour | bright purple | colors.warn | ANSIBLE_COLOR_WARN | colour of warnings
CONFIG_FILE | path | null | | | the configuration file in use
CONNECTION_PASSWORD_FILE | path | null | defaults.connection_password_file | ANSIBLE_CONNECTION_PASSWORD_FILE | file or script that gives the connection password
DEFAULT_ASK_PASS | bool | false | defaults.ask_pass | ANSIBLE_ASK_PASS | ask for the connection password
DEFAULT_ASK_SUDO_PASS | bool | false | defaults.ask_sudo_pass | ANSIBLE_ASK_SUDO_PASS | old name of become_ask_pass
DEFAULT_ASK_SU_PASS | bool | false | defaults.ask_su_pass | ANSIBLE_ASK_SU_PASS | old name of become_ask_pass
DEFAULT_ASK_VAULT_PASS | bool | false | defaults.ask_vault_pass | ANSIBLE_ASK_VAULT_PASS | ask for the vault password
DEFAULT_BECOME | bool | false | privilege_escalation.become | ANSIBLE_BECOME | run tasks as another user
DEFAULT_BECOME_ASK_PASS | bool | false | privilege_escalation.become_ask_pass | ANSIBLE_BECOME_ASK_PASS | ask for the become password
DEFAULT_BECOME_EXE | str | null | privilege_escalation.become_exe | ANSIBLE_BECOME_EXE | program that switches the user
DEFAULT_BECOME_FLAGS | str | null | privilege_escalation.become_flags | ANSIBLE_BECOME_FLAGS | flags for that program
DEFAULT_BECOME_METHOD | str | sudo | privilege_escalation.become_method | ANSIBLE_BECOME_METHOD | how to become another user
DEFAULT_BECOME_USER | str | root | privilege_escalation.become_user | ANSIBLE_BECOME_USER | the user to become
DEFAULT_EXECUTABLE | str | /bin/sh | defaults.executable | ANSIBLE_EXECUTABLE | shell that runs commands on hosts
DEFAULT_FACT_PATH | str | null | defaults.fact_path | ANSIBLE_FACT_PATH | folder of local facts on hosts
DEFAULT_FORCE_HANDLERS | bool | false | defaults.force_handlers | ANSIBLE_FORCE_HANDLERS | run notified handlers on hosts that failed, too
DEFAULT_FORKS | int | 5 | defaults.forks | ANSIBLE_FORKS | hosts that are worked on at the same time
DEFAULT_GATHERING | explicit/implicit/smart | implicit | defaults.gathering | ANSIBLE_GATHERING | whether plays gather facts by themselves
DEFAULT_GATHER_SUBSET | list | null | defaults.gather_subset | ANSIBLE_GATHER_SUBSET | which facts to gather
DEFAULT_GATHER_TIMEOUT | int | null | defaults.gather_timeout | ANSIBLE_GATHER_TIMEOUT | seconds for gathering one fact
DEFAULT_HASH_BEHAVIOUR | merge/replace | replace | defaults.hash_behaviour | ANSIBLE_HASH_BEHAVIOUR | whether a dict replaces or is merged with one of lower precedence
DEFAULT_HOST_LIST | pathlist | /etc/ansible/hosts | defaults.inventory | ANSIBLE_INVENTORY | inventory sources
DEFAULT_JINJA2_EXTENSIONS | list | [] | defaults.jinja2_extensions | ANSIBLE_JINJA2_EXTENSIONS | Jinja extensions to load
DEFAULT_JINJA2_NATIVE | bool | false | defaults.jinja2_native | ANSIBLE_JINJA2_NATIVE | keep the native type of template results
DEFAULT_KEEP_REMOTE_FILES | bool | false | defaults.keep_remote_files | ANSIBLE_KEEP_REMOTE_FILES | keep temporary files on hosts
DEFAULT_LOCAL_TMP | tmppath | {{ANSIBLE_HOME}}/tmp | defaults.local_tmp | ANSIBLE_LOCAL_TEMP | folder for temporary files of the controller
DEFAULT_LOG_FILTER | list | [] | defaults.log_filter | ANSIBLE_LOG_FILTER | loggers that are kept out of the log file
DEFAULT_LOG_PATH | path | null | defaults.log_path | ANSIBLE_LOG_PATH | file to which all output is appended
DEFAULT_MANAGED_STR | str | Ansible managed | defaults.ansible_managed | | value of ansible_managed
DEFAULT_MODULE_ARGS | str | null | defaults.module_args | ANSIBLE_MODULE_ARGS | arguments of ad-hoc modules
DEFAULT_MODULE_NAME | str | command | defaults.module_name | | module that ad-hoc commands use
DEFAULT_NO_LOG | bool | false | defaults.no_log | ANSIBLE_NO_LOG | hide all results, as no_log does
DEFAULT_NULL_REPRESENTATION | str | null | defaults.null_representation | ANSIBLE_NULL_REPRESENTATION | what a template gives for none
DEFAULT_POLL_INTERVAL | int | 15 | defaults.poll_interval | ANSIBLE_POLL_INTERVAL | seconds between polls of an asynchronous task
DEFAULT_PRIVATE_KEY_FILE | path | null | defaults.private_key_file | ANSIBLE_PRIVATE_KEY_FILE | private key for ssh
DEFAULT_PRIVATE_ROLE_VARS | bool | false | defaults.private_role_vars | ANSIBLE_PRIVATE_ROLE_VARS | hide the variables of a role from other roles
DEFAULT_REMOTE_PORT | int | null | defaults.remote_port | ANSIBLE_REMOTE_PORT | ssh port
DEFAULT_REMOTE_USER | str | null | defaults.remote_user | ANSIBLE_REMOTE_USER | user to log in as
DEFAULT_ROLES_PATH | pathspec | {{ANSIBLE_HOME}}/roles:/usr/share/ansible/roles:/etc/ansible/roles | defaults.roles_path | ANSIBLE_ROLES_PATH | folders in which roles are looked up
DEFAULT_SELINUX_SPECIAL_FS | list | ["fuse", "nfs", "vboxsf", "ramfs", "9p", "vfat"] | selinux.special_context_filesystems | ANSIBLE_SELINUX_SPECIAL_FS | file systems that need care with SELinux contexts
DEFAULT_STDOUT_CALLBACK | str | default | defaults.stdout_callback | ANSIBLE_STDOUT_CALLBACK | the output on stdout
DEFAULT_STRATEGY | str | linear | defaults.strategy | ANSIBLE_STRATEGY | how hosts move through the tasks of a play
DEFAULT_SUDO | bool | false | defaults.sudo | ANSIBLE_SUDO | old name of become
DEFAULT_SUDO_USER | str | null | defaults.sudo_user | ANSIBLE_SUDO_USER | old name of become_user
DEFAULT_TIMEOUT | int | 10 | defaults.timeout | ANSIBLE_TIMEOUT | seconds to wait for a connection
DEFAULT_TRANSPORT | str | smart | defaults.transport | ANSIBLE_TRANSPORT | connection plugin; smart means ssh
DEFAULT_UNDEFINED_VAR_BEHAVIOR | bool | true | defaults.error_on_undefined_vars | ANSIBLE_ERROR_ON_UNDEFINED_VARS | an undefined variable is an error
DEFAULT_VAULT_ENCRYPT_IDENTITY | str | null | defaults.vault_encrypt_identity | ANSIBLE_VAULT_ENCRYPT_IDENTITY | vault id to encrypt with when there are several
DEFAULT_VAULT_IDENTITY | str | default | defaults.vault_identity | ANSIBLE_VAULT_IDENTITY | label of the vault id without a name
DEFAULT_VAULT_IDENTITY_LIST | list | [] | defaults.vault_identity_list | ANSIBLE_VAULT_IDENTITY_LIST | vault ids, as given with --vault-id
DEFAULT_VAULT_ID_MATCH | bool | false | defaults.vault_id_match | ANSIBLE_VAULT_ID_MATCH | only try the password whose id the file names
DEFAULT_VAULT_PASSWORD_FILE | path | null | defaults.vault_password_file | ANSIBLE_VAULT_PASSWORD_FILE | file or script that gives the vault password
DEFAULT_VERBOSITY | int | 0 | defaults.verbosity | ANSIBLE_VERBOSITY | how much to print, as by -v
DEPRECATION_WARNINGS | bool | true | defaults.deprecation_warnings | ANSIBLE_DEPRECATION_WARNINGS | show deprecation warnings
DIFF_ALWAYS | bool | false | diff.always | ANSIBLE_DIFF_ALWAYS | show diffs without --diff
DIFF_CONTEXT | int | 3 | diff.context | ANSIBLE_DIFF_CONTEXT | unchanged lines around a change in a diff
DISPLAY_ARGS_TO_STDOUT | bool | false | defaults.display_args_to_stdout | ANSIBLE_DISPLAY_ARGS_TO_STDOUT | show a task's arguments in its banner
DISPLAY_SKIPPED_HOSTS | bool | true | defaults.display_skipped_hosts | ANSIBLE_DISPLAY_SKIPPED_HOSTS | show skipped tasks and hosts
DUPLICATE_YAML_DICT_KEY | error/ignore/warn | warn | defaults.duplicate_dict_key | ANSIBLE_DUPLICATE_YAML_DICT_KEY | what to do about a key that a YAML dict has twice
PLUGIN_FILTERS_CFG | path | null | defaults.plugin_filters_cfg | | file that names modules which must not run
ENABLE_TASK_DEBUGGER | bool | false | defaults.enable_task_debugger | ANSIBLE_ENABLE_TASK_DEBUGGER | start the debugger when a task fails
ERROR_ON_MISSING_HANDLER | bool | true | defaults.error_on_missing_handler | ANSIBLE_ERROR_ON_MISSING_HANDLER | notifying a handler that does not exist is an error
FACTS_MODULES | list | ["smart"] | defaults.facts_modules | ANSIBLE_FACTS_MODULES | modules that gather_facts runs
HOST_KEY_CHECKING | bool | true | defaults.host_key_checking | ANSIBLE_HOST_KEY_CHECKING | check host keys against known_hosts
HOST_PATTERN_MISMATCH | error/ignore/warning | warning | inventory.host_pattern_mismatch | ANSIBLE_HOST_PATTERN_MISMATCH | what to do about a pattern that matches no host
INJECT_FACTS_AS_VARS | bool | true | defaults.inject_facts_as_vars | ANSIBLE_INJECT_FACT_VARS | facts are also variables named ansible_*
INVALID_TASK_ATTRIBUTE_FAILED | bool | true | defaults.invalid_task_attribute_failed | ANSIBLE_INVALID_TASK_ATTRIBUTE_FAILED | an unknown keyword in a task is an error
INVENTORY_ANY_UNPARSED_IS_FAILED | bool | false | inventory.any_unparsed_is_failed | ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED | one inventory source that cannot be read is an error
INVENTORY_ENABLED | list | ["host_list", "script", "auto", "yaml", "ini", "toml"] | inventory.enable_plugins | ANSIBLE_INVENTORY_ENABLED | inventory plugins to try, in order
INVENTORY_EXPORT | bool | false | inventory.export | ANSIBLE_INVENTORY_EXPORT | ansible-inventory --export
INVENTORY_IGNORE_EXTS | list | [".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"] | defaults.inventory_ignore_extensions inventory.ignore_extensions | ANSIBLE_INVENTORY_IGNORE | file name endings that inventory folders skip
INVENTORY_IGNORE_PATTERNS | list | [] | defaults.inventory_ignore_patterns inventory.ignore_patterns | ANSIBLE_INVENTORY_IGNORE_REGEX | file name patterns that inventory folders skip
INVENTORY_UNPARSED_IS_FAILED | bool | false | inventory.unparsed_is_failed | ANSIBLE_INVENTORY_UNPARSED_FAILED | no readable inventory source at all is an error
INVENTORY_UNPARSED_WARNING | bool | true | inventory.inventory_unparsed_warning | ANSIBLE_INVENTORY_UNPARSED_WARNING | warn when only the implicit localhost is there
LOCALHOST_WARNING | bool | true | defaults.localhost_warning | ANSIBLE_LOCALHOST_WARNING | warn when the inventory is empty
LOG_VERBOSITY | int | null | defaults.log_verbosity | ANSIBLE_LOG_VERBOSITY | how much to write to the log file, where it differs from -v
MAX_FILE_SIZE_FOR_DIFF | int | 104448 | defaults.max_diff_size | ANSIBLE_MAX_DIFF_SIZE | bytes up to which files are compared for a diff
PLAYBOOK_DIR | path | null | defaults.playbook_dir | ANSIBLE_PLAYBOOK_DIR | folder that stands for the playbook's where there is none
PLAYBOOK_VARS_ROOT | all/bottom/top | top | defaults.playbook_vars_root | ANSIBLE_PLAYBOOK_VARS_ROOT | which playbook's folder holds group_vars and host_vars
RETRY_FILES_ENABLED | bool | false | defaults.retry_files_enabled | ANSIBLE_RETRY_FILES_ENABLED | write a .retry file with the hosts that failed
RETRY_FILES_SAVE_PATH | path | null | defaults.retry_files_save_path | ANSIBLE_RETRY_FILES_SAVE_PATH | folder for .retry files
SHOW_CUSTOM_STATS | bool | false | defaults.show_custom_stats | ANSIBLE_SHOW_CUSTOM_STATS | show what set_stats collected, after the recap
STRING_CONVERSION_ACTION | str | warn | defaults.string_conversion_action | ANSIBLE_STRING_CONVERSION_ACTION | what to do about arguments that had to become strings
SYSTEM_WARNINGS | bool | true | defaults.system_warnings | ANSIBLE_SYSTEM_WARNINGS | show warnings about the system
TAGS_RUN | list | [] | tags.run | ANSIBLE_RUN_TAGS | tags to run
TAGS_SKIP | list | [] | tags.skip | ANSIBLE_SKIP_TAGS | tags to skip
TASK_DEBUGGER_IGNORE_ERRORS | bool | true | defaults.task_debugger_ignore_errors | ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS | the debugger leaves failures with ignore_errors alone
TASK_TIMEOUT | int | 0 | defaults.task_timeout | ANSIBLE_TASK_TIMEOUT | seconds after which a task fails; 0 means never
TRANSFORM_INVALID_GROUP_CHARS | always/ignore/never/silently | never | defaults.force_valid_group_names | ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS | what to do about characters in group names that variables cannot have
VARIABLE_PLUGINS_ENABLED | list | ["host_group_vars"] | defaults.vars_plugins_enabled | ANSIBLE_VARS_ENABLED | plugins that give variables
VARIABLE_PRECEDENCE | list | ["all_inventory", "groups_inventory", "all_plugins_inventory", "all_plugins_play", "groups_plugins_inventory", "groups_plugins_play"] | defaults.precedence | ANSIBLE_PRECEDENCE | order in which group variables are merged
VERBOSE_TO_STDERR | bool | false | defaults.verbose_to_stderr | ANSIBLE_VERBOSE_TO_STDERR | print what -v adds on stderr
YAML_FILENAME_EXTENSIONS | list | [".yml", ".yaml", ".json"] | defaults.yaml_valid_extensions | ANSIBLE_YAML_FILENAME_EXT | endings of variable files
become.sudo.become_exe | str | sudo | privilege_escalation.become_exe sudo_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_SUDO_EXE | sudo program
become.sudo.become_flags | str | -H -S -n | privilege_escalation.become_flags sudo_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_SUDO_FLAGS | flags for sudo
become.sudo.become_pass | str | null | sudo_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_SUDO_PASS | password for sudo
become.sudo.become_user | str | root | privilege_escalation.become_user sudo_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_SUDO_USER | user to become with sudo
become.su.become_exe | str | su | privilege_escalation.become_exe su_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_SU_EXE | su program
become.su.become_flags | str | "" | privilege_escalation.become_flags su_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_SU_FLAGS | flags for su
become.su.become_pass | str | null | su_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_SU_PASS | password for su
become.su.become_user | str | root | privilege_escalation.become_user su_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_SU_USER | user to become with su
become.su.prompt_l10n | list | [] | su_become_plugin.localized_prompts | ANSIBLE_SU_PROMPT_L10N | password prompts of su in other languages
become.doas.become_exe | str | doas | privilege_escalation.become_exe doas_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_DOAS_EXE | doas program
become.doas.become_flags | str | "" | privilege_escalation.become_flags doas_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_DOAS_FLAGS | flags for doas
become.doas.become_pass | str | null | doas_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_DOAS_PASS | password for doas
become.doas.become_user | str | null | privilege_escalation.become_user doas_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_DOAS_USER | user to become with doas
become.doas.prompt_l10n | str | [] | doas_become_plugin.localized_prompts | ANSIBLE_DOAS_PROMPT_L10N | password prompts of doas in other languages
become.pbrun.become_exe | str | pbrun | privilege_escalation.become_exe pbrun_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_PBRUN_EXE | pbrun program
become.pbrun.become_flags | str | "" | privilege_escalation.become_flags pbrun_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_PBRUN_FLAGS | flags for pbrun
become.pbrun.become_pass | str | null | pbrun_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_PBRUN_PASS | password for pbrun
become.pbrun.become_user | str | "" | privilege_escalation.become_user pbrun_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_PBRUN_USER | user to become with pbrun
become.pbrun.wrap_exe | bool | false | pbrun_become_plugin.wrap_execution | ANSIBLE_PBRUN_WRAP_EXECUTION | wrap the command for pbrun in a shell
become.pfexec.become_exe | str | pfexec | privilege_escalation.become_exe pfexec_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_PFEXEC_EXE | pfexec program
become.pfexec.become_flags | str | -H -S -n | privilege_escalation.become_flags pfexec_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_PFEXEC_FLAGS | flags for pfexec
become.pfexec.become_pass | str | null | pfexec_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_PFEXEC_PASS | password for pfexec
become.pfexec.become_user | str | root | privilege_escalation.become_user pfexec_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_PFEXEC_USER | user to become with pfexec
become.pfexec.wrap_exe | bool | false | pfexec_become_plugin.wrap_execution | ANSIBLE_PFEXEC_WRAP_EXECUTION | wrap the command for pfexec in a shell
become.dzdo.become_exe | str | dzdo | privilege_escalation.become_exe dzdo_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_DZDO_EXE | dzdo program
become.dzdo.become_flags | str | -H -S -n | privilege_escalation.become_flags dzdo_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_DZDO_FLAGS | flags for dzdo
become.dzdo.become_pass | str | null | dzdo_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_DZDO_PASS | password for dzdo
become.dzdo.become_user | str | null | privilege_escalation.become_user dzdo_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_DZDO_USER | user to become with dzdo
become.ksu.become_exe | str | ksu | privilege_escalation.become_exe ksu_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_KSU_EXE | ksu program
become.ksu.become_flags | str | "" | privilege_escalation.become_flags ksu_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_KSU_FLAGS | flags for ksu
become.ksu.become_pass | str | null | ksu_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_KSU_PASS | password for ksu
become.ksu.become_user | str | null | privilege_escalation.become_user ksu_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_KSU_USER | user to become with ksu
become.ksu.prompt_l10n | str | [] | ksu_become_plugin.localized_prompts | ANSIBLE_KSU_PROMPT_L10N | password prompts of ksu in other languages
become.machinectl.become_exe | str | machinectl | privilege_escalation.become_exe machinectl_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_MACHINECTL_EXE | machinectl program
become.machinectl.become_flags | str | "" | privilege_escalation.become_flags machinectl_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_MACHINECTL_FLAGS | flags for machinectl
become.machinectl.become_pass | str | null | machinectl_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_MACHINECTL_PASS | password for machinectl
become.machinectl.become_user | str | "" | privilege_escalation.become_user machinectl_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_MACHINECTL_USER | user to become with machinectl
become.sesu.become_exe | str | sesu | privilege_escalation.become_exe sesu_become_plugin.executable | ANSIBLE_BECOME_EXE ANSIBLE_SESU_EXE | sesu program
become.sesu.become_flags | str | -H -S -n | privilege_escalation.become_flags sesu_become_plugin.flags | ANSIBLE_BECOME_FLAGS ANSIBLE_SESU_FLAGS | flags for sesu
become.sesu.become_pass | str | null | sesu_become_plugin.password | ANSIBLE_BECOME_PASS ANSIBLE_SESU_PASS | password for sesu
become.sesu.become_user | str | "" | privilege_escalation.become_user sesu_become_plugin.user | ANSIBLE_BECOME_USER ANSIBLE_SESU_USER | user to become with sesu
callback.default.check_mode_markers | bool | false | defaults.check_mode_markers | ANSIBLE_CHECK_MODE_MARKERS | mark plays and tasks that run in check mode
callback.default.display_failed_stderr | bool | false | defaults.display_failed_stderr | ANSIBLE_DISPLAY_FAILED_STDERR | print failures on stderr
callback.default.display_ok_hosts | bool | true | defaults.display_ok_hosts | ANSIBLE_DISPLAY_OK_HOSTS | show hosts whose task changed nothing
callback.default.pretty_results | bool | null | defaults.callback_format_pretty | ANSIBLE_CALLBACK_FORMAT_PRETTY | indent results even when they are not verbose
callback.default.result_format | json/yaml | json | defaults.callback_result_format | ANSIBLE_CALLBACK_RESULT_FORMAT | print results as JSON or YAML
callback.default.show_per_host_start | bool | false | defaults.show_per_host_start | ANSIBLE_SHOW_PER_HOST_START | say when a task starts on each host
callback.default.show_task_path_on_failure | bool | false | defaults.show_task_path_on_failure | ANSIBLE_SHOW_TASK_PATH_ON_FAILURE | show where a task is written when it fails
callback.junit.fail_on_change | bool | false | | JUNIT_FAIL_ON_CHANGE | count a changed task as a failed test
callback.junit.fail_on_ignore | bool | false | | JUNIT_FAIL_ON_IGNORE | count an ignored failure as a failed test
callback.junit.hide_task_arguments | bool | false | | JUNIT_HIDE_TASK_ARGUMENTS | leave arguments out of the names of tests
callback.junit.include_setup_tasks_in_report | bool | true | | JUNIT_INCLUDE_SETUP_TASKS_IN_REPORT | report fact gathering, too
callback.junit.output_dir | str | ~/.ansible.log | | JUNIT_OUTPUT_DIR | folder for the JUnit reports
callback.junit.replace_out_of_tree_path | str | none | | JUNIT_REPLACE_OUT_OF_TREE_PATH | what to print for a path outside the project
callback.junit.task_class | bool | false | | JUNIT_TASK_CLASS | use the task's file as the class of a test
callback.junit.task_relative_path | str | none | | JUNIT_TASK_RELATIVE_PATH | make paths relative to this folder
callback.junit.test_case_prefix | str | "" | | JUNIT_TEST_CASE_PREFIX | only tasks whose name begins so are tests
callback.tree.directory | path | ~/.ansible/tree | callback_tree.directory | ANSIBLE_CALLBACK_TREE_DIR | folder for one JSON file per host
callback.log_plays.log_folder | str | /var/log/ansible/hosts | callback_log_plays.log_folder | ANSIBLE_LOG_FOLDER | folder for one log file per host
callback.profile_tasks.output_limit | int | 20 | callback_profile_tasks.task_output_limit | PROFILE_TASKS_TASK_OUTPUT_LIMIT | number of slowest tasks to list
callback.profile_tasks.sort_order | descending/ascending/none | descending | callback_profile_tasks.sort_order | PROFILE_TASKS_SORT_ORDER | order of that list
callback.json.json_indent | int | 4 | defaults.json_indent | ANSIBLE_JSON_INDENT | indentation of the JSON report
connection.ssh.control_path | str | null | ssh_connection.control_path | ANSIBLE_SSH_CONTROL_PATH | socket of OpenSSH's connection sharing
connection.ssh.control_path_dir | str | ~/.ansible/cp | ssh_connection.control_path_dir | ANSIBLE_SSH_CONTROL_PATH_DIR | folder of those sockets
connection.ssh.host_key_checking | bool | true | defaults.host_key_checking ssh_connection.host_key_checking | ANSIBLE_HOST_KEY_CHECKING ANSIBLE_SSH_HOST_KEY_CHECKING | check host keys against known_hosts
connection.ssh.pipelining | bool | false | defaults.pipelining connection.pipelining ssh_connection.pipelining | ANSIBLE_PIPELINING ANSIBLE_SSH_PIPELINING | send modules through the connection instead of a file
connection.ssh.pkcs11_provider | str | "" | ssh_connection.pkcs11_provider | ANSIBLE_PKCS11_PROVIDER | PKCS#11 library that holds the key
connection.ssh.port | int | null | defaults.remote_port | ANSIBLE_REMOTE_PORT | port to connect to
connection.ssh.private_key_file | str | null | defaults.private_key_file | ANSIBLE_PRIVATE_KEY_FILE | private key file
connection.ssh.reconnection_retries | int | 0 | connection.retries ssh_connection.retries | ANSIBLE_SSH_RETRIES | how often to try again to connect
connection.ssh.remote_user | str | null | defaults.remote_user | ANSIBLE_REMOTE_USER | user to log in as
connection.ssh.scp_executable | str | scp | ssh_connection.scp_executable | ANSIBLE_SCP_EXECUTABLE | scp program
connection.ssh.scp_extra_args | str | "" | ssh_connection.scp_extra_args | ANSIBLE_SCP_EXTRA_ARGS | further arguments for scp
connection.ssh.scp_if_ssh | str | smart | ssh_connection.scp_if_ssh | ANSIBLE_SCP_IF_SSH | copy files with scp
connection.ssh.sftp_batch_mode | bool | true | ssh_connection.sftp_batch_mode | ANSIBLE_SFTP_BATCH_MODE | run sftp in batch mode
connection.ssh.sftp_executable | str | sftp | ssh_connection.sftp_executable | ANSIBLE_SFTP_EXECUTABLE | sftp program
connection.ssh.sftp_extra_args | str | "" | ssh_connection.sftp_extra_args | ANSIBLE_SFTP_EXTRA_ARGS | further arguments for sftp
connection.ssh.ssh_args | str | -C -o ControlMaster=auto -o ControlPersist=60s | ssh_connection.ssh_args | ANSIBLE_SSH_ARGS | arguments for all of OpenSSH's programs
connection.ssh.ssh_common_args | str | "" | ssh_connection.ssh_common_args | ANSIBLE_SSH_COMMON_ARGS | further arguments for ssh, scp and sftp
connection.ssh.ssh_executable | str | ssh | ssh_connection.ssh_executable | ANSIBLE_SSH_EXECUTABLE | ssh program
connection.ssh.ssh_extra_args | str | "" | ssh_connection.ssh_extra_args | ANSIBLE_SSH_EXTRA_ARGS | further arguments for ssh
connection.ssh.ssh_transfer_method | sftp/scp/piped/smart | null | ssh_connection.transfer_method | ANSIBLE_SSH_TRANSFER_METHOD | how files travel
connection.ssh.sshpass_prompt | str | "" | ssh_connection.sshpass_prompt | ANSIBLE_SSHPASS_PROMPT | password prompt to wait for
connection.ssh.timeout | int | 10 | defaults.timeout ssh_connection.timeout | ANSIBLE_TIMEOUT ANSIBLE_SSH_TIMEOUT | seconds to wait for a connection
connection.ssh.use_tty | bool | true | ssh_connection.usetty | ANSIBLE_SSH_USETTY | ask for a terminal where become needs one
shell.sh.admin_users | list | ["root", "toor"] | defaults.admin_users | ANSIBLE_ADMIN_USERS | users that are administrators on hosts
shell.sh.async_dir | str | ~/.ansible_async | defaults.async_dir | ANSIBLE_ASYNC_DIR | folder on hosts for the state of asynchronous tasks
shell.sh.common_remote_group | str | null | defaults.common_remote_group | ANSIBLE_COMMON_REMOTE_GROUP | group that the login user and the become user share
shell.sh.remote_tmp | str | ~/.ansible/tmp | defaults.remote_tmp | ANSIBLE_REMOTE_TEMP ANSIBLE_REMOTE_TMP | folder on hosts for temporary files
shell.sh.system_tmpdirs | list | ["/var/tmp", "/tmp"] | defaults.system_tmpdirs | ANSIBLE_SYSTEM_TMPDIRS | folders for temporary files that any user may read
shell.sh.world_readable_temp | bool | false | defaults.allow_world_readable_tmpfiles | ANSIBLE_SHELL_ALLOW_WORLD_READABLE_TEMP | let other users read temporary files
vars.host_group_vars.stage | all/task/inventory | null | vars_host_group_vars.stage | ANSIBLE_VARS_PLUGIN_STAGE | when group_vars and host_vars are read
inventory.yaml.yaml_extensions | list | [".yaml", ".yml", ".json"] | defaults.yaml_valid_extensions inventory_plugin_yaml.yaml_valid_extensions | ANSIBLE_YAML_FILENAME_EXT ANSIBLE_INVENTORY_PLUGIN_EXTS | endings of YAML inventory files
inventory.script.always_show_stderr | bool | true | inventory_plugin_script.always_show_stderr | ANSIBLE_INVENTORY_PLUGIN_SCRIPT_STDERR | show what inventory scripts print on stderr
inventory.constructed.use_extra_vars | bool | false | inventory_plugins.use_extra_vars | ANSIBLE_INVENTORY_USE_EXTRA_VARS | let constructed inventories see extra variables
`

/** The same columns; the last says why the setting does nothing here. */
const inert = `
ALLOW_BROKEN_CONDITIONALS | bool | true | defaults.allow_broken_conditionals | ANSIBLE_ALLOW_BROKEN_CONDITIONALS | conditionals that are not boolean are always taken by truthiness, with a warning
ALLOW_EMBEDDED_TEMPLATES | bool | true | defaults.allow_embedded_templates | ANSIBLE_ALLOW_EMBEDDED_TEMPLATES | conditionals may always hold templates
ANSIBLE_CONNECTION_PATH | path | null | persistent_connection.ansible_connection_path | ANSIBLE_CONNECTION_PATH | no connection processes are started
ANSIBLE_COW_ACCEPTLIST | list | ["bud-frogs", "bunny", "cheese", "daemon", "default", "dragon", "elephant-in-snake", "elephant", "eyes", "hellokitty", "kitty", "luke-koala", "meow", "milk", "moofasa", "moose", "ren", "sheep", "small", "stegosaurus", "stimpy", "supermilker", "three-eyes", "turkey", "turtle", "tux", "udder", "vader-koala", "vader", "www"] | defaults.cow_whitelist defaults.cowsay_enabled_stencils | ANSIBLE_COW_WHITELIST ANSIBLE_COW_ACCEPTLIST | no cows
ANSIBLE_COW_PATH | str | null | defaults.cowpath | ANSIBLE_COW_PATH | no cows
ANSIBLE_COW_SELECTION | str | default | defaults.cow_selection | ANSIBLE_COW_SELECTION | no cows
ANSIBLE_NOCOWS | bool | false | defaults.nocows | ANSIBLE_NOCOWS | no cows
ANSIBLE_PIPELINING | bool | false | defaults.pipelining connection.pipelining | ANSIBLE_PIPELINING | everything is pipelined
BECOME_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/become:/usr/share/ansible/plugins/become | defaults.become_plugins | ANSIBLE_BECOME_PLUGINS | Python plugins are not loaded
CALLBACK_PLUGINS_FILTER | str | null | defaults.callback_plugins_filter | ANSIBLE_CALLBACK_PLUGINS_FILTER | Python plugins are not loaded
COLLECTIONS_ON_ANSIBLE_VERSION_MISMATCH | error/ignore/warning | warning | defaults.collections_on_ansible_version_mismatch | ANSIBLE_COLLECTIONS_ON_ANSIBLE_VERSION_MISMATCH | collections are not tied to a version
COLLECTIONS_SCAN_SYS_PATH | bool | true | defaults.collections_scan_sys_path | ANSIBLE_COLLECTIONS_SCAN_SYS_PATH | there is no Python path
COLOR_DOC_CONSTANT | str | null | colors.doc_constant | ANSIBLE_COLOR_DOC_CONSTANT | doc is not coloured
COLOR_DOC_DEPRECATED | str | null | colors.doc_deprecated | ANSIBLE_COLOR_DOC_DEPRECATED | doc is not coloured
COLOR_DOC_LINK | str | null | colors.doc_link | ANSIBLE_COLOR_DOC_LINK | doc is not coloured
COLOR_DOC_MODULE | str | null | colors.doc_module | ANSIBLE_COLOR_DOC_MODULE | doc is not coloured
COLOR_DOC_PLUGIN | str | null | colors.doc_plugin | ANSIBLE_COLOR_DOC_PLUGIN | doc is not coloured
COLOR_DOC_REFERENCE | str | null | colors.doc_reference | ANSIBLE_COLOR_DOC_REFERENCE | doc is not coloured
COMMAND_WARNINGS | bool | false | defaults.command_warnings | ANSIBLE_COMMAND_WARNINGS | commands are not second-guessed
CONDITIONAL_BARE_VARS | bool | false | defaults.conditional_bare_variables | ANSIBLE_CONDITIONAL_BARE_VARS | conditionals are expressions
CONNECTION_FACTS_MODULES | dict | {} | | | network platforms are not supported
COVERAGE_REMOTE_OUTPUT | str | null | | _ANSIBLE_COVERAGE_REMOTE_OUTPUT | measures Ansible's own tests
COVERAGE_REMOTE_PATHS | str | * | | _ANSIBLE_COVERAGE_REMOTE_PATH_FILTER | measures Ansible's own tests
DEFAULT_ACTION_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/action:/usr/share/ansible/plugins/action | defaults.action_plugins | ANSIBLE_ACTION_PLUGINS | Python plugins are not loaded
DEFAULT_ALLOW_UNSAFE_LOOKUPS | bool | false | defaults.allow_unsafe_lookups | | results of lookups are never templates
DEFAULT_CACHE_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/cache:/usr/share/ansible/plugins/cache | defaults.cache_plugins | ANSIBLE_CACHE_PLUGINS | Python plugins are not loaded
DEFAULT_CALLABLE_WHITELIST | list | [] | defaults.callable_whitelist | ANSIBLE_CALLABLE_WHITELIST | Python objects are not called
DEFAULT_CALLBACK_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/callback:/usr/share/ansible/plugins/callback | defaults.callback_plugins | ANSIBLE_CALLBACK_PLUGINS | Python plugins are not loaded
DEFAULT_CLICONF_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/cliconf:/usr/share/ansible/plugins/cliconf | defaults.cliconf_plugins | ANSIBLE_CLICONF_PLUGINS | Python plugins are not loaded
DEFAULT_CONNECTION_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/connection:/usr/share/ansible/plugins/connection | defaults.connection_plugins | ANSIBLE_CONNECTION_PLUGINS | Python plugins are not loaded
DEFAULT_DEBUG | bool | false | defaults.debug | ANSIBLE_DEBUG | use -vvvv
DEFAULT_FILTER_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/filter:/usr/share/ansible/plugins/filter | defaults.filter_plugins | ANSIBLE_FILTER_PLUGINS | Python plugins are not loaded
DEFAULT_HTTPAPI_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/httpapi:/usr/share/ansible/plugins/httpapi | defaults.httpapi_plugins | ANSIBLE_HTTPAPI_PLUGINS | Python plugins are not loaded
DEFAULT_INTERNAL_POLL_INTERVAL | float | 0.001 | defaults.internal_poll_interval | | nothing polls
DEFAULT_INVENTORY_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/inventory:/usr/share/ansible/plugins/inventory | defaults.inventory_plugins | ANSIBLE_INVENTORY_PLUGINS | Python plugins are not loaded
DEFAULT_LIBVIRT_LXC_NOSECLABEL | bool | false | selinux.libvirt_lxc_noseclabel | ANSIBLE_LIBVIRT_LXC_NOSECLABEL | the module does not need it
DEFAULT_LOAD_CALLBACK_PLUGINS | bool | false | defaults.bin_ansible_callbacks | ANSIBLE_LOAD_CALLBACK_PLUGINS | outputs named in callbacks_enabled always run
DEFAULT_LOOKUP_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/lookup:/usr/share/ansible/plugins/lookup | defaults.lookup_plugins | ANSIBLE_LOOKUP_PLUGINS | Python plugins are not loaded
DEFAULT_MODULE_COMPRESSION | str | ZIP_DEFLATED | defaults.module_compression | | modules are not sent to hosts
DEFAULT_MODULE_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/modules:/usr/share/ansible/plugins/modules | defaults.library | ANSIBLE_LIBRARY | Python modules are not loaded
DEFAULT_MODULE_UTILS_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/module_utils:/usr/share/ansible/plugins/module_utils | defaults.module_utils | ANSIBLE_MODULE_UTILS | Python modules are not loaded
DEFAULT_NETCONF_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/netconf:/usr/share/ansible/plugins/netconf | defaults.netconf_plugins | ANSIBLE_NETCONF_PLUGINS | Python plugins are not loaded
DEFAULT_NO_TARGET_SYSLOG | bool | false | defaults.no_target_syslog | ANSIBLE_NO_TARGET_SYSLOG | hosts' syslog is not written to
DEFAULT_SQUASH_ACTIONS | list | [] | defaults.squash_actions | ANSIBLE_SQUASH_ACTIONS | give the module a list
DEFAULT_STRATEGY_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/strategy:/usr/share/ansible/plugins/strategy | defaults.strategy_plugins | ANSIBLE_STRATEGY_PLUGINS | Python plugins are not loaded
DEFAULT_SU | bool | false | defaults.su | ANSIBLE_SU | use become_method
DEFAULT_SUDO_EXE | str | null | defaults.sudo_exe | | use become_exe
DEFAULT_SUDO_FLAGS | str | null | defaults.sudo_flags | | use become_flags
DEFAULT_SU_EXE | str | null | defaults.su_exe | ANSIBLE_SU_EXE | use become_exe
DEFAULT_SU_FLAGS | str | null | defaults.su_flags | ANSIBLE_SU_FLAGS | use become_flags
DEFAULT_SU_USER | str | null | defaults.su_user | ANSIBLE_SU_USER | use become_user
DEFAULT_SYSLOG_FACILITY | str | LOG_USER | defaults.syslog_facility | ANSIBLE_SYSLOG_FACILITY | hosts' syslog is not written to
DEFAULT_TERMINAL_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/terminal:/usr/share/ansible/plugins/terminal | defaults.terminal_plugins | ANSIBLE_TERMINAL_PLUGINS | Python plugins are not loaded
DEFAULT_TEST_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/test:/usr/share/ansible/plugins/test | defaults.test_plugins | ANSIBLE_TEST_PLUGINS | Python plugins are not loaded
DEFAULT_VARS_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/vars:/usr/share/ansible/plugins/vars | defaults.vars_plugins | ANSIBLE_VARS_PLUGINS | Python plugins are not loaded
DEVEL_WARNING | bool | true | defaults.devel_warning | ANSIBLE_DEVEL_WARNING | there is no development branch
DISPLAY_TRACEBACK | list | ["never"] | defaults.display_traceback | ANSIBLE_DISPLAY_TRACEBACK | use -vvv
DOCSITE_ROOT_URL | str | https://docs.ansible.com/ansible-core/ | defaults.docsite_root_url | | documentation is part of the program
DOC_FRAGMENT_PLUGIN_PATH | pathspec | {{ANSIBLE_HOME}}/plugins/doc_fragments:/usr/share/ansible/plugins/doc_fragments | defaults.doc_fragment_plugins | ANSIBLE_DOC_FRAGMENT_PLUGINS | Python plugins are not loaded
GALAXY_CACHE_DIR | path | {{ANSIBLE_HOME}}/galaxy_cache | galaxy.cache_dir | ANSIBLE_GALAXY_CACHE_DIR | nothing is downloaded from galaxy
GALAXY_COLLECTIONS_PATH_WARNING | bool | true | galaxy.collections_path_warning | ANSIBLE_GALAXY_COLLECTIONS_PATH_WARNING | nothing is downloaded from galaxy
GALAXY_COLLECTION_SKELETON | path | null | galaxy.collection_skeleton | ANSIBLE_GALAXY_COLLECTION_SKELETON | nothing is downloaded from galaxy
GALAXY_COLLECTION_SKELETON_IGNORE | list | ["^.git$", "^.*/.git_keep$"] | galaxy.collection_skeleton_ignore | ANSIBLE_GALAXY_COLLECTION_SKELETON_IGNORE | nothing is downloaded from galaxy
GALAXY_DISABLE_GPG_VERIFY | bool | false | galaxy.disable_gpg_verify | ANSIBLE_GALAXY_DISABLE_GPG_VERIFY | nothing is downloaded from galaxy
GALAXY_DISPLAY_PROGRESS | bool | null | galaxy.display_progress | ANSIBLE_GALAXY_DISPLAY_PROGRESS | nothing is downloaded from galaxy
GALAXY_GPG_KEYRING | path | null | galaxy.gpg_keyring | ANSIBLE_GALAXY_GPG_KEYRING | nothing is downloaded from galaxy
GALAXY_IGNORE_CERTS | bool | null | galaxy.ignore_certs | ANSIBLE_GALAXY_IGNORE | nothing is downloaded from galaxy
GALAXY_IGNORE_INVALID_SIGNATURE_STATUS_CODES | list | null | galaxy.ignore_signature_status_codes | ANSIBLE_GALAXY_IGNORE_SIGNATURE_STATUS_CODES | nothing is downloaded from galaxy
GALAXY_REQUIRED_VALID_SIGNATURE_COUNT | str | 1 | galaxy.required_valid_signature_count | ANSIBLE_GALAXY_REQUIRED_VALID_SIGNATURE_COUNT | nothing is downloaded from galaxy
GALAXY_ROLE_SKELETON | path | null | galaxy.role_skeleton | ANSIBLE_GALAXY_ROLE_SKELETON | nothing is downloaded from galaxy
GALAXY_ROLE_SKELETON_IGNORE | list | ["^.git$", "^.*/.git_keep$"] | galaxy.role_skeleton_ignore | ANSIBLE_GALAXY_ROLE_SKELETON_IGNORE | nothing is downloaded from galaxy
GALAXY_SERVER | str | https://galaxy.ansible.com | galaxy.server | ANSIBLE_GALAXY_SERVER | nothing is downloaded from galaxy
GALAXY_SERVER_LIST | list | null | galaxy.server_list | ANSIBLE_GALAXY_SERVER_LIST | nothing is downloaded from galaxy
GALAXY_SERVER_TIMEOUT | int | 60 | galaxy.server_timeout | ANSIBLE_GALAXY_SERVER_TIMEOUT | nothing is downloaded from galaxy
GALAXY_TOKEN_PATH | path | {{ANSIBLE_HOME}}/galaxy_token | galaxy.token_path | ANSIBLE_GALAXY_TOKEN_PATH | nothing is downloaded from galaxy
INTERPRETER_PYTHON | str | auto | defaults.interpreter_python | ANSIBLE_PYTHON_INTERPRETER | hosts need no Python
INTERPRETER_PYTHON_DISTRO_MAP | dict | {} | | | hosts need no Python
INTERPRETER_PYTHON_FALLBACK | list | ["python3.11", "python3.10", "python3.9", "python3.8", "python3.7", "python3.6", "python3.5", "/usr/bin/python3", "/usr/libexec/platform-python", "python2.7", "/usr/bin/python", "python"] | | | hosts need no Python
INVENTORY_CACHE_ENABLED | bool | false | inventory.cache | ANSIBLE_INVENTORY_CACHE | inventory is always read afresh
INVENTORY_CACHE_PLUGIN | str | null | inventory.cache_plugin | ANSIBLE_INVENTORY_CACHE_PLUGIN | inventory is always read afresh
INVENTORY_CACHE_PLUGIN_CONNECTION | str | null | inventory.cache_connection | ANSIBLE_INVENTORY_CACHE_CONNECTION | inventory is always read afresh
INVENTORY_CACHE_PLUGIN_PREFIX | str | ansible_inventory_ | inventory.cache_prefix | ANSIBLE_INVENTORY_CACHE_PLUGIN_PREFIX | inventory is always read afresh
INVENTORY_CACHE_TIMEOUT | int | 3600 | inventory.cache_timeout | ANSIBLE_INVENTORY_CACHE_TIMEOUT | inventory is always read afresh
JINJA2_NATIVE_WARNING | bool | true | defaults.jinja2_native_warning | ANSIBLE_JINJA2_NATIVE_WARNING | native types need no extra library
MERGE_MULTIPLE_CLI_TAGS | bool | true | defaults.merge_multiple_cli_tags | ANSIBLE_MERGE_MULTIPLE_CLI_TAGS | tags given more than once always add up
MODULE_IGNORE_EXTS | list | [".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".yaml", ".yml", ".ini"] | defaults.module_ignore_exts | ANSIBLE_MODULE_IGNORE_EXTS | Python modules are not loaded
MODULE_STRICT_UTF8_RESPONSE | bool | true | defaults.module_strict_utf8_response | ANSIBLE_MODULE_STRICT_UTF8_RESPONSE | modules are not sent to hosts
NETCONF_SSH_CONFIG | str | null | netconf_connection.ssh_config | ANSIBLE_NETCONF_SSH_CONFIG | network platforms are not supported
NETWORK_GROUP_MODULES | list | [] | defaults.network_group_modules | ANSIBLE_NETWORK_GROUP_MODULES | network platforms are not supported
OLD_PLUGIN_CACHE_CLEARING | bool | false | defaults.old_plugin_cache_clear | ANSIBLE_OLD_PLUGIN_CACHE_CLEAR | Python plugins are not loaded
PARAMIKO_HOST_KEY_AUTO_ADD | bool | false | paramiko_connection.host_key_auto_add | ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD | paramiko means ssh here
PARAMIKO_LOOK_FOR_KEYS | bool | true | paramiko_connection.look_for_keys | ANSIBLE_PARAMIKO_LOOK_FOR_KEYS | paramiko means ssh here
PERSISTENT_COMMAND_TIMEOUT | int | 30 | persistent_connection.command_timeout | ANSIBLE_PERSISTENT_COMMAND_TIMEOUT | network platforms are not supported
PERSISTENT_CONNECT_RETRY_TIMEOUT | int | 15 | persistent_connection.connect_retry_timeout | ANSIBLE_PERSISTENT_CONNECT_RETRY_TIMEOUT | network platforms are not supported
PERSISTENT_CONNECT_TIMEOUT | int | 30 | persistent_connection.connect_timeout | ANSIBLE_PERSISTENT_CONNECT_TIMEOUT | network platforms are not supported
PERSISTENT_CONTROL_PATH_DIR | path | {{ANSIBLE_HOME}}/pc | persistent_connection.control_path_dir | ANSIBLE_PERSISTENT_CONTROL_PATH_DIR | network platforms are not supported
PYTHON_MODULE_RLIMIT_NOFILE | int | 0 | defaults.python_module_rlimit_nofile | ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE | hosts need no Python
RUN_VARS_PLUGINS | demand/start | demand | defaults.run_vars_plugins | ANSIBLE_RUN_VARS_PLUGINS | group_vars and host_vars are always read when needed
STRING_TYPE_FILTERS | list | ["string", "to_json", "to_nice_json", "to_yaml", "to_nice_yaml", "ppretty", "json"] | jinja2.dont_type_filters | ANSIBLE_STRING_TYPE_FILTERS | template results keep their type
TARGET_LOG_INFO | str | null | defaults.target_log_info | ANSIBLE_TARGET_LOG_INFO | hosts' syslog is not written to
USE_PERSISTENT_CONNECTIONS | bool | false | defaults.use_persistent_connections | ANSIBLE_USE_PERSISTENT_CONNECTIONS | connections are always kept
VALIDATE_ACTION_GROUP_METADATA | bool | true | defaults.validate_action_group_metadata | ANSIBLE_VALIDATE_ACTION_GROUP_METADATA | action groups are part of the program
VAR_COMPRESSION_LEVEL | int | 0 | defaults.var_compression_level | ANSIBLE_VAR_COMPRESSION_LEVEL | variables are not compressed
WIN_ASYNC_STARTUP_TIMEOUT | int | 5 | defaults.win_async_startup_timeout | ANSIBLE_WIN_ASYNC_STARTUP_TIMEOUT | Windows is not supported
WORKER_SHUTDOWN_POLL_COUNT | int | 0 | | ANSIBLE_WORKER_SHUTDOWN_POLL_COUNT | there are no worker processes
WORKER_SHUTDOWN_POLL_DELAY | float | 0.1 | | ANSIBLE_WORKER_SHUTDOWN_POLL_DELAY | there are no worker processes
connection.paramiko_ssh.banner_timeout | float | 30 | paramiko_connection.banner_timeout | ANSIBLE_PARAMIKO_BANNER_TIMEOUT | paramiko means ssh here
connection.paramiko_ssh.proxy_command | str | "" | paramiko_connection.proxy_command | ANSIBLE_PARAMIKO_PROXY_COMMAND | paramiko means ssh here
connection.paramiko_ssh.pty | bool | true | paramiko_connection.pty | ANSIBLE_PARAMIKO_PTY | paramiko means ssh here
connection.paramiko_ssh.record_host_keys | bool | true | paramiko_connection.record_host_keys | ANSIBLE_PARAMIKO_RECORD_HOST_KEYS | paramiko means ssh here
connection.paramiko_ssh.use_rsa_sha2_algorithms | bool | true | paramiko_connection.use_rsa_sha2_algorithms | ANSIBLE_PARAMIKO_USE_RSA_SHA2_ALGORITHMS | paramiko means ssh here
`

function* rows(text: string, isEffective: boolean): Generator<Setting> {
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [name = '', kind = '', fallback = '', ini = '', env = '', summary = ''] = line
      .split('|')
      .map(cell => cell.trim())
    const choices = kind === 'colour' ? colours : kind.includes('/') ? kind.split('/') : undefined
    yield {
      name,
      type: kind.includes('/') ? 'choice' : (kind as SettingType),
      fallback:
        /^(["[{\d-]|true$|false$|null$)/.test(fallback) && !fallback.startsWith('{{') ? parse(fallback) : fallback,
      choices,
      ini: ini.split(' ').filter(Boolean),
      env: env.split(' ').filter(Boolean),
      summary,
      effective: isEffective,
    }
  }
}

/** A default that only looks like JSON (`-H -S -n`) is text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Every setting by its name. */
export const settingsTable: ReadonlyMap<string, Setting> = new Map(
  [...rows(effective, true), ...rows(inert, false)].map(setting => [setting.name, setting]),
)
