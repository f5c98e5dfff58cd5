# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for sharectl(1)

# Interfaces that can be "lan" or "wan"; without the service, all that the kernel has.
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

# Clients of a LAN by name or MAC address, for who may see them without a password.
_sharectl_clients() {
  timeout 2 sharectl clients --json --no-ask-password -- "$1" 2>/dev/null |
    LC_ALL=C awk -F '"' '
      /\\|\302[\200-\237]|\342\200[\216\217\252-\256]/ { next }
      $2 == "mac" { gsub(":", "-", $4); mac = $4 }
      $2 == "hostname" { hostname = $4 }
      $2 == "name" { name = $4 }
      /^ *}/ { if (mac) print name ? name : hostname ? hostname : mac; mac = name = hostname = "" }'
}

# As for a WAN, names may have spaces.
_sharectl_complete_client() {
  local typed=${cur#[\"\']} name
  [[ $cur == [\"\']* ]] || typed=${cur//\\/}
  compopt -o filenames 2>/dev/null
  while read -r name; do
    [[ $name == "$typed"* ]] && COMPREPLY+=("$name")
  done < <(_sharectl_clients "$1" | sort -u)
}

# First ports that are forwarded to clients of a LAN by this protocol.
_sharectl_ports() {
  timeout 2 sharectl forward list --json --no-ask-password -- "$1" 2>/dev/null |
    awk -F '[":, ]+' -v protocol="$2" '
      $2 == "port" { port = $3 }
      $2 == "protocol" { match_ = $3 == protocol }
      /^ *}/ { if (port && match_) print port; port = match_ = "" }'
}

# The command and the words after it, less options and their values.
_sharectl_words() {
  local i
  words=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --address | --dns | --allow-rebind | --domain | --dhcp-option | --ssid | --passphrase-file | --security | --band \
        | --channel | --png | --limit | --rate | --max-clients | --idle-off | --ipv6 | --name)
        # "--dns=VALUE" is three words here
        [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
        ((i++))
        # and so is "boot-file=VALUE"
        [[ ${COMP_WORDS[i + 1]} == = ]] && ((i += 2))
        ;;
      -*) ;;
      *) words+=("${COMP_WORDS[i]}") ;;
    esac
  done
}

_sharectl() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local words offer= options=--help
  local share_options=' --address --dns --allow-rebind --domain --dhcp-option --ipv6 --keep-lan --no-keep-lan --no-dial --dial --temporary --persistent'
  share_options+=' --force --no-force --ssid --passphrase-file --security --band --channel'
  share_options+=' --hidden --no-hidden --isolate --no-isolate'
  share_options+=' --limit --rate --max-clients --idle-off --upnp --no-upnp'
  _sharectl_words

  case ${words[0]} in
    share | change) options+=$share_options ;;
    preview) options+="$share_options --json" ;;
    wifi) options+=' --json --png' ;;
    clients) options+=' --json --watch --no-ask-password' ;;
    forward) options+=' --name --json --no-ask-password' ;;
    client) options+=' --name --address --block --allow' ;;
    unshare) options+=' --all' ;;
    adopt | status | list | interfaces | doctor | monitor) options+=' --json' ;;
    '') options+=' --version' ;;
  esac

  case ${words[0]}:${#words[@]} in
    *:0) offer='share change unshare status list preview interfaces clients client forward adopt wifi doctor monitor version help' ;;
    help:1) offer='share change unshare status list preview interfaces clients client forward adopt wifi doctor monitor version' ;;
    share:1 | preview:1) offer=$(_sharectl_interfaces lan) ;;
    adopt:1) offer='via off' ;;
    forward:1) offer='add remove list' ;;
    forward:2) offer=$(_sharectl_shared) ;;
    forward:3) [[ ${words[1]} == list ]] || offer='tcp udp' ;;
    forward:4) [[ ${words[1]} != remove ]] || offer=$(_sharectl_ports "${words[2]}" "${words[3]}") ;;
    share:2 | change:2 | preview:2) offer=via ;;
    change:1 | unshare:1 | status:1 | wifi:1 | clients:1 | client:1) offer=$(_sharectl_shared) ;;
  esac

  COMPREPLY=()
  case $prev in
    --address)
      [[ ${words[0]} != client ]] || mapfile -t COMPREPLY < <(compgen -W any -- "$cur")
      return
      ;;
    --dns | --allow-rebind | --domain | --ssid | --channel | --name | --max-clients | --idle-off) return ;;
    --ipv6)
      mapfile -t COMPREPLY < <(compgen -W 'auto delegated extended masquerade off' -- "$cur")
      return
      ;;
    --limit | --rate)
      mapfile -t COMPREPLY < <(compgen -W none -- "$cur")
      return
      ;;
    --dhcp-option)
      compopt -o nospace 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -W 'boot-file= next-server= ntp-server= none' -- "$cur")
      ;;
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
    share:3:-* | change:3:-* | preview:3:-* | adopt:2:-*) ;;
    share:3:* | change:3:* | preview:3:* | adopt:2:*)
      _sharectl_complete_wan
      return
      ;;
  esac
  case ${words[0]}:${#words[@]}:$cur in
    client:2:-* | forward:5:-*) ;;
    client:2:*)
      _sharectl_complete_client "${words[1]}"
      return
      ;;
    forward:5:*)
      [[ ${words[1]} != add ]] || _sharectl_complete_client "${words[2]}"
      return
      ;;
  esac
  [[ $cur == -* ]] && offer=$options
  mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$cur")
}

complete -F _sharectl sharectl
