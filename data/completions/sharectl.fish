# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for sharectl(1)

# Interfaces that can be "lan" or "wan"; without the service, all that the kernel has.
function __sharectl_interfaces
    set -l json (timeout 2 sharectl interfaces --json 2>/dev/null)
    if test $status -eq 0
        printf '%s\n' $json | awk -F '"' -v part="can_be_$argv[1]" '
            $2 == "name" { name = $4 }
            $2 == part { can = $3 ~ /true/ }
            /^ *}/ { if (can) print name; can = 0 }'
    else
        command ls -I lo /sys/class/net
    end
end

# What a WAN may be: words, interfaces, and NetworkManager's profiles by id, behind what a list
# has already. In a list a comma ends a choice, so an id with one is not offered.
function __sharectl_wans
    set -l done (string replace -r '[^,]*$' '' -- (commandline -ct | string unescape))
    begin
        printf '%s\n' auto wifi ethernet mobile vpn ppp
        __sharectl_interfaces wan
        timeout 2 nmcli -t -e no -f TYPE,NAME connection 2>/dev/null |
            sed -e '/^loopback:/d' -e 's/^[^:]*://' -e '/,/d' -e '/^connshare [^ ]*$/d'
    end | string replace -r '^' -- "$done"
end

function __sharectl_shared
    timeout 2 sharectl list --json 2>/dev/null | awk -F '"' '$2 == "lan" { print $4 }'
end

# Clients of the LAN that the word of this number names, by name or MAC address, for who may see them without a password.
function __sharectl_clients
    set -l words (__sharectl_words)
    timeout 2 sharectl clients --json --no-ask-password -- $words[$argv[1]] 2>/dev/null |
    LC_ALL=C awk -F '"' '
      /[\\\\]|\302[\200-\237]|\342\200[\216\217\252-\256]/ { next }
      $2 == "mac" { gsub(":", "-", $4); mac = $4 }
      $2 == "hostname" { hostname = $4 }
      $2 == "name" { name = $4 }
      /^ *}/ { if (mac) print name ? name : hostname ? hostname : mac; mac = name = hostname = "" }'
end

# First ports that are forwarded to clients of the LAN by the protocol that are named.
function __sharectl_ports
    set -l words (__sharectl_words)
    timeout 2 sharectl forward list --json --no-ask-password -- $words[3] 2>/dev/null |
    awk -F '[":, ]+' -v protocol="$words[4]" '
      $2 == "port" { port = $3 }
      $2 == "protocol" { match_ = $3 == protocol }
      /^ *}/ { if (port && match_) print port; port = match_ = "" }'
end

# The words so far, less the program, options and their values.
function __sharectl_words
    set -l value no
    for word in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
            continue
        end
        switch $word
            case --address --dns --allow-rebind --domain --dhcp-option --ipv6 --ssid --passphrase-file --security --band --channel --png --limit --rate --max-clients --idle-off --name
                set value yes
            case '-*'
            case '*'
                echo $word
        end
    end
end

# Whether so many words are there, of which the first is one of these commands.
function __sharectl_at
    set -l words (__sharectl_words)
    test (count $words) -eq $argv[1]; and contains -- "$words[1]" $argv[2..-1]
end

# Whether so many words are there, and they are forward and one of these.
function __sharectl_forwards
    set -l words (__sharectl_words)
    test (count $words) -eq $argv[1] -a "$words[1]" = forward; and contains -- "$words[2]" $argv[2..-1]
end

function __sharectl_in
    set -l words (__sharectl_words)
    contains -- "$words[1]" $argv
end

complete -c sharectl -f
complete -c sharectl -n '__sharectl_at 0 ""' -a share -d 'Share a connection'
complete -c sharectl -n '__sharectl_at 0 ""' -a change -d 'Change a share'
complete -c sharectl -n '__sharectl_at 0 ""' -a unshare -d 'End a share'
complete -c sharectl -n '__sharectl_at 0 ""' -a status -d 'Show what shares are doing'
complete -c sharectl -n '__sharectl_at 0 ""' -a list -d 'List shares'
complete -c sharectl -n '__sharectl_at 0 ""' -a preview -d 'Show what share would do'
complete -c sharectl -n '__sharectl_at 0 ""' -a interfaces -d 'List interfaces'
complete -c sharectl -n '__sharectl_at 0 ""' -a clients -d 'Show who is connected'
complete -c sharectl -n '__sharectl_at 0 ""' -a client -d 'Name, block or allow a client'
complete -c sharectl -n '__sharectl_at 0 ""' -a forward -d 'Lead ports of the uplink to clients'
complete -c sharectl -n '__sharectl_at 0 ""' -a adopt -d 'Guard what NetworkManager itself shares'
complete -c sharectl -n '__sharectl_at 0 ""' -a wifi -d 'Show how to join a Wi-Fi network'
complete -c sharectl -n '__sharectl_at 0 ""' -a doctor -d 'Find out what is wrong'
complete -c sharectl -n '__sharectl_at 0 ""' -a monitor -d 'Print each change'
complete -c sharectl -n '__sharectl_at 0 ""' -a version -d 'Show the version'
complete -c sharectl -n '__sharectl_at 0 ""' -a help -d 'Show help'
complete -c sharectl -n '__sharectl_at 1 help' \
    -a 'share change unshare status list preview interfaces clients client forward adopt wifi doctor monitor version' -d 'Show its options'

complete -c sharectl -n '__sharectl_at 1 share preview' -a '(__sharectl_interfaces lan)' -d LAN
complete -c sharectl -n '__sharectl_at 2 share change preview' -a via
complete -c sharectl -n '__sharectl_at 3 share change preview' -a '(__sharectl_wans)' -d WAN
complete -c sharectl -n '__sharectl_at 1 adopt' -a 'via off'
complete -c sharectl -n '__sharectl_at 2 adopt' -a '(__sharectl_wans)' -d WAN
complete -c sharectl -n '__sharectl_at 1 change unshare status wifi clients client' -a '(__sharectl_shared)' -d Shared

complete -c sharectl -n '__sharectl_at 2 client' -a '(__sharectl_clients 2)' -d Client
complete -c sharectl -n '__sharectl_at 1 forward' -a 'add remove list'
complete -c sharectl -n '__sharectl_forwards 2 add remove list' -a '(__sharectl_shared)' -d Shared
complete -c sharectl -n '__sharectl_forwards 3 add remove' -a 'tcp udp'
complete -c sharectl -n '__sharectl_forwards 4 remove' -a '(__sharectl_ports)' -d Forwarded
complete -c sharectl -n '__sharectl_forwards 5 add' -a '(__sharectl_clients 3)' -d Client
complete -c sharectl -s h -l help -d 'Show help'
complete -c sharectl -n '__sharectl_at 0 ""' -l version -d 'Show the version'
complete -c sharectl -n '__sharectl_in share change preview' -x -l address -d 'Own address on the LAN'
complete -c sharectl -n '__sharectl_in share change preview' -x -l dns -d 'Name server to use'
complete -c sharectl -n '__sharectl_in share change preview' -x -l allow-rebind -d 'Domain with private addresses'
complete -c sharectl -n '__sharectl_in share change preview' -x -l domain -d 'Domain of clients'
complete -c sharectl -n '__sharectl_in share change preview' -x -l dhcp-option -a 'boot-file= next-server= ntp-server= none' -d 'DHCP option for clients'
complete -c sharectl -n '__sharectl_in share change preview' -x -l ipv6 -a 'auto delegated extended masquerade off' -d 'IPv6 for clients'
complete -c sharectl -n '__sharectl_in share change preview' -l keep-lan -d 'Leave the LAN alone'
complete -c sharectl -n '__sharectl_in share change preview' -l no-keep-lan -d 'Provide addresses, DHCP and DNS'
complete -c sharectl -n '__sharectl_in share change preview' -l no-dial -d 'Wait for a profile'
complete -c sharectl -n '__sharectl_in share change preview' -l dial -d 'Connect a profile'
complete -c sharectl -n '__sharectl_in share change preview' -l temporary -d 'Do not share after a reboot'
complete -c sharectl -n '__sharectl_in share change preview' -l persistent -d 'Share again after a reboot'
complete -c sharectl -n '__sharectl_in share change preview' -l force -d 'Share an interface in use'
complete -c sharectl -n '__sharectl_in share change preview' -l no-force -d 'Refuse an interface in use'
complete -c sharectl -n '__sharectl_in share change preview' -l upnp -d 'Let clients map ports'
complete -c sharectl -n '__sharectl_in share change preview' -l no-upnp -d 'Let only you map ports'
complete -c sharectl -n '__sharectl_in share change preview' -x -l ssid -d 'Name of the Wi-Fi network'
complete -c sharectl -n '__sharectl_in share change preview' -r -F -l passphrase-file -d 'File with the passphrase'
complete -c sharectl -n '__sharectl_in share change preview' -x -l security -a 'wpa2 wpa3 wpa2+wpa3 open' -d 'Wi-Fi security'
complete -c sharectl -n '__sharectl_in share change preview' -x -l band -a 'auto 2.4GHz 5GHz' -d 'Wi-Fi band'
complete -c sharectl -n '__sharectl_in share change preview' -x -l channel -d 'Wi-Fi channel'
complete -c sharectl -n '__sharectl_in share change preview' -l hidden -d 'Do not announce the name'
complete -c sharectl -n '__sharectl_in share change preview' -l no-hidden -d 'Announce the name'
complete -c sharectl -n '__sharectl_in share change preview' -l isolate -d 'Keep clients apart'
complete -c sharectl -n '__sharectl_in share change preview' -l no-isolate -d 'Let clients reach each other'
complete -c sharectl -n '__sharectl_in share change preview' -x -l limit -a none -d 'Bytes for clients, 10G or 10G/month'
complete -c sharectl -n '__sharectl_in share change preview' -x -l rate -a none -d 'Bits per second for each client, 10M'
complete -c sharectl -n '__sharectl_in share change preview' -x -l max-clients -d 'Clients at once'
complete -c sharectl -n '__sharectl_in share change preview' -x -l idle-off -d 'Minutes without clients'
complete -c sharectl -n '__sharectl_in client' -x -l name -d 'Call it so'
complete -c sharectl -n '__sharectl_in client' -x -l address -a any -d 'Always give it this address'
complete -c sharectl -n '__sharectl_in client' -l block -d 'Take the network away from it'
complete -c sharectl -n '__sharectl_in client' -l allow -d 'Block it no longer'
complete -c sharectl -n '__sharectl_in clients' -l watch -d 'Show each change until interrupted'
complete -c sharectl -n '__sharectl_in clients' -l no-ask-password -d 'Fail rather than ask for a password'
complete -c sharectl -n '__sharectl_in forward' -x -l name -d 'What it is for'
complete -c sharectl -n '__sharectl_in forward' -l json -d 'Print JSON'
complete -c sharectl -n '__sharectl_in forward' -l no-ask-password -d 'Fail rather than ask for a password'
complete -c sharectl -n '__sharectl_in unshare' -l all -d 'End all shares'
complete -c sharectl -n '__sharectl_in wifi' -r -F -l png -d 'Write the QR code to a picture'
complete -c sharectl -n '__sharectl_in preview adopt wifi clients status list interfaces doctor monitor' -l json -d 'Print JSON'
