# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for sharectl(1)

# Interfaces that can be "lan" or "wan"; what the kernel has where the service is not there.
_sharectl_interfaces() {
  local json
  if json=$(timeout 2 sharectl interfaces --json 2>/dev/null); then
    awk -F '"' -v part="can_be_$1" '
      $2 == "name" { name = $4 }
      $2 == part { can = $3 ~ /true/ }
      /^ *}/ { if (can) print name; can = 0 }' <<<"$json"
  else
    command ls -I lo /sys/class/net
  fi
}

# What a WAN may be: words, interfaces, and NetworkManager's profiles by id, a line each. In a
# list a comma ends a choice, so an id with one is not offered.
_sharectl_wans() {
  printf '%s\n' auto wifi ethernet mobile vpn ppp
  _sharectl_interfaces wan
  timeout 2 nmcli -t -e no -f TYPE,NAME connection 2>/dev/null |
    sed -e '/^loopback:/d' -e 's/^[^:]*://' -e '/,/d' -e '/^connshare [^ ]*$/d'
}

# Names may have spaces: what is typed so far is compared without its quoting, and readline
# quotes what it inserts, as it does for file names.
_sharectl_complete_wan() {
  local typed=${cur#[\"\']} done name
  [[ $cur == [\"\']* ]] || typed=${cur//\\/}
  done=${typed%"${typed##*,}"}
  compopt -o filenames 2>/dev/null
  while read -r name; do
    [[ $done$name == "$typed"* ]] && COMPREPLY+=("$done$name")
  done < <(_sharectl_wans | sort -u)
}

_sharectl_shared() {
  timeout 2 sharectl list --json 2>/dev/null | awk -F '"' '$2 == "lan" { print $4 }'
}

# The command and the words after it, less options and their values.
_sharectl_words() {
  local i
  words=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --address | --dns | --ssid | --passphrase-file | --security | --band | --channel | --png)
        # "--dns=VALUE" is three words here
        [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
        ((i++))
        ;;
      -*) ;;
      *) words+=("${COMP_WORDS[i]}") ;;
    esac
  done
}

_sharectl() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local words offer= options=--help
  local wish=' --address --dns --keep-lan --no-dial --temporary --force --ssid --passphrase-file'
  wish+=' --security --band --channel --hidden --isolate'
  _sharectl_words

  case ${words[0]} in
    share) options+=$wish ;;
    preview) options+="$wish --json" ;;
    wifi) options+=' --json --png' ;;
    unshare) options+=' --all' ;;
    status | list | interfaces | doctor | monitor) options+=' --json' ;;
    '') options+=' --version' ;;
  esac

  case ${words[0]}:${#words[@]} in
    *:0) offer='share unshare status list preview interfaces wifi doctor monitor help' ;;
    help:1) offer='share unshare status list preview interfaces wifi doctor monitor' ;;
    share:1 | preview:1) offer=$(_sharectl_interfaces lan) ;;
    share:2 | preview:2) offer=via ;;
    unshare:1 | status:1 | wifi:1) offer=$(_sharectl_shared) ;;
  esac

  COMPREPLY=()
  case $prev in
    --address | --dns | --ssid | --channel) return ;;
    --security) mapfile -t COMPREPLY < <(compgen -W 'wpa2 wpa3 wpa2+wpa3 open' -- "$cur") ;;
    --band) mapfile -t COMPREPLY < <(compgen -W 'auto 2.4GHz 5GHz' -- "$cur") ;;
    --passphrase-file | --png)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      ;;
  esac
  case $prev in
    --security | --band | --passphrase-file | --png) return ;;
  esac
  case ${words[0]}:${#words[@]}:$cur in
    share:3:-* | preview:3:-*) ;;
    share:3:* | preview:3:*)
      _sharectl_complete_wan
      return
      ;;
  esac
  [[ $cur == -* ]] && offer=$options
  mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$cur")
}

complete -F _sharectl sharectl
