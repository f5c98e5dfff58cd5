# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for sharectl(1)

# Interfaces that can be "lan" or "wan"; what the kernel has where the service is not there.
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

# The words so far, less the program, options and their values.
function __sharectl_words
    set -l value no
    for word in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
            continue
        end
        switch $word
            case --address --dns --ssid --passphrase-file --security --band --channel --png
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

function __sharectl_in
    set -l words (__sharectl_words)
    contains -- "$words[1]" $argv
end

complete -c sharectl -f
complete -c sharectl -n '__sharectl_at 0 ""' -a share -d 'Share a connection'
complete -c sharectl -n '__sharectl_at 0 ""' -a unshare -d 'End a share'
complete -c sharectl -n '__sharectl_at 0 ""' -a status -d 'Show what shares are doing'
complete -c sharectl -n '__sharectl_at 0 ""' -a list -d 'List shares'
complete -c sharectl -n '__sharectl_at 0 ""' -a preview -d 'Show what share would do'
complete -c sharectl -n '__sharectl_at 0 ""' -a interfaces -d 'List interfaces'
complete -c sharectl -n '__sharectl_at 0 ""' -a wifi -d 'Show how to join a Wi-Fi network'
complete -c sharectl -n '__sharectl_at 0 ""' -a doctor -d 'Find out what is wrong'
complete -c sharectl -n '__sharectl_at 0 ""' -a monitor -d 'Print each change'
complete -c sharectl -n '__sharectl_at 0 ""' -a help -d 'Show help'
complete -c sharectl -n '__sharectl_at 1 help' \
    -a 'share unshare status list preview interfaces wifi doctor monitor' -d 'Show its options'

complete -c sharectl -n '__sharectl_at 1 share preview' -a '(__sharectl_interfaces lan)' -d LAN
complete -c sharectl -n '__sharectl_at 2 share preview' -a via
complete -c sharectl -n '__sharectl_at 3 share preview' -a '(__sharectl_wans)' -d WAN
complete -c sharectl -n '__sharectl_at 1 unshare status wifi' -a '(__sharectl_shared)' -d Shared

complete -c sharectl -s h -l help -d 'Show help'
complete -c sharectl -n '__sharectl_at 0 ""' -l version -d 'Show the version'
complete -c sharectl -n '__sharectl_in share preview' -x -l address -d 'Own address on the LAN'
complete -c sharectl -n '__sharectl_in share preview' -x -l dns -d 'Name server to ask'
complete -c sharectl -n '__sharectl_in share preview' -l keep-lan -d 'Leave the LAN alone'
complete -c sharectl -n '__sharectl_in share preview' -l no-dial -d 'Wait for a profile'
complete -c sharectl -n '__sharectl_in share preview' -l temporary -d 'Not after a reboot'
complete -c sharectl -n '__sharectl_in share preview' -l force -d 'Even if it is in use'
complete -c sharectl -n '__sharectl_in share preview' -x -l ssid -d 'Name of the Wi-Fi network'
complete -c sharectl -n '__sharectl_in share preview' -r -F -l passphrase-file -d 'File with the passphrase'
complete -c sharectl -n '__sharectl_in share preview' -x -l security -a 'wpa2 wpa3 wpa2+wpa3 open' -d 'Of the Wi-Fi network'
complete -c sharectl -n '__sharectl_in share preview' -x -l band -a 'auto 2.4GHz 5GHz' -d 'Of the Wi-Fi network'
complete -c sharectl -n '__sharectl_in share preview' -x -l channel -d 'Of the Wi-Fi network'
complete -c sharectl -n '__sharectl_in share preview' -l hidden -d 'Do not announce the name'
complete -c sharectl -n '__sharectl_in share preview' -l isolate -d 'Keep clients apart'
complete -c sharectl -n '__sharectl_in unshare' -l all -d 'End all shares'
complete -c sharectl -n '__sharectl_in wifi' -r -F -l png -d 'Write the QR code to a picture'
complete -c sharectl -n '__sharectl_in preview wifi status list interfaces doctor monitor' -l json -d 'Print JSON'
