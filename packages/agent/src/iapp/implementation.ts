// The Tcl of our f5.lbaas template. Variables and tables are those of the template that F5's LBaaS v1 agent installs,
// and more of our own, each with a default that does what F5's does. Every property that may have had another value in an
// earlier run is said, so that a script run again leaves nothing of it.

/** Written into the first line; raise it with every change of the script, so that devices get it. */
export const TEMPLATE_VERSION = 1;

const MARK = 'f5-openstack-lbaas f5.lbaas version';

/** Version of a script of ours; undefined for one of somebody else. */
export function templateVersionOf(implementation: string): number | undefined {
  const match = new RegExp(`^# ${MARK} (\\d+)$`, 'm').exec(implementation);
  return match === null ? undefined : Number(match[1]);
}

export const IMPLEMENTATION = String.raw`# ${MARK} ${TEMPLATE_VERSION}
# One pool of load balancing as a service, and the virtual server in front of it.

proc lbaas_value { name default } {
    if { [info exists ::$name] && [set ::$name] ne "" } {
        return [set ::$name]
    }
    return $default
}

proc lbaas_rows { name } {
    if { [info exists ::$name] } {
        return [set ::$name]
    }
    return {}
}

# Text as one word of tmsh.
proc lbaas_word { text } {
    return "\"[string map {\\ \\\\ \" \\\"} $text]\""
}

# Text that stands for itself between quotes of an iRule.
proc lbaas_rule_text { text } {
    return [string map {\\ \\\\ \" \\\" \$ \\\$ \[ \\\[ \] \\\] \{ \\\{ \} \\\}} $text]
}

proc lbaas_endpoint { addr port } {
    if { [string match *:* $addr] } {
        return "$addr.$port"
    }
    return "$addr:$port"
}

set app $tmsh::app_name
set folder [tmsh::pwd]
set pool [lbaas_value pool__name $app]
set virtual [lbaas_value vip__name $app]

# Monitors, all of which have to succeed: rows, or one of a plain type.
set monitors {}
foreach row [lbaas_rows pool__monitors] {
    array unset column
    array set column { name "" type http interval 5 timeout 16 send_string "GET /\\r\\n" recv_string "" }
    array set column [lindex $row 0]
    set type $column(type)
    if { $type eq "ping" } {
        set type gateway-icmp
    }
    set name $column(name)
    if { $name eq "" } {
        set name "$app\_$type"
    }
    set probe ""
    if { $type eq "http" || $type eq "https" } {
        set recv "none"
        if { $column(recv_string) ne "" } {
            set recv [lbaas_word $column(recv_string)]
        }
        set probe "send [lbaas_word $column(send_string)] recv $recv"
    }
    tmsh::create "ltm monitor $type $name interval $column(interval) timeout $column(timeout) $probe"
    lappend monitors $folder/$name
}
if { [llength $monitors] == 0 && [lbaas_value pool__monitor ""] ne "" } {
    set type [string map {ping gateway-icmp} $::pool__monitor]
    tmsh::create "ltm monitor $type $app\_$type"
    lappend monitors "$folder/$app\_$type"
}
set monitor none
if { [llength $monitors] > 0 } {
    set monitor [join $monitors " and "]
}

# Members. A ratio of any of them makes all ratios count.
array set member_state {
    enabled        "session user-enabled state user-up"
    drain-disabled "session user-disabled state user-up"
    disabled       "session user-disabled state user-down"
    force-disabled "session user-disabled state user-down"
}
set members ""
set has_ratios 0
foreach row [lbaas_rows pool__members] {
    array unset column
    array set column { port 80 connection_limit 0 ratio 1 priority_group 0 state enabled }
    array set column [lindex $row 0]
    if { $column(ratio) != 1 } {
        set has_ratios 1
    }
    append members " [lbaas_endpoint $column(addr) $column(port)] \{ address $column(addr)"
    append members " connection-limit $column(connection_limit) ratio $column(ratio)"
    append members " priority-group $column(priority_group) $member_state($column(state)) \}"
}
if { $members eq "" } {
    set members none
} else {
    set members "replace-all-with \{ $members \}"
}
set method [lbaas_value pool__lb_method round-robin]
if { $has_ratios } {
    array set with_ratios {
        round-robin              ratio-member
        least-connections-member ratio-least-connections-member
    }
    if { [info exists with_ratios($method)] } {
        set method $with_ratios($method)
    }
}
set spare [lbaas_value pool__min_active_members 0]
tmsh::create "ltm pool $pool load-balancing-mode $method min-active-members $spare monitor $monitor members $members"

set state [lbaas_value vip__state enabled]
if { $state eq "delete" } {
    return
}

# Profiles.
set client_ssl [lbaas_value vip__clientssl_profile ""]
set server_ssl [lbaas_value vip__serverssl_profile ""]
set protocol [lbaas_value vip__protocol http]
if { $protocol eq "tcp" || ($protocol eq "https" && $client_ssl eq "") } {
    set profiles "/Common/fastL4"
} else {
    set forwarded [lbaas_value vip__x_forwarded_for enabled]
    tmsh::create "ltm profile http http_$app insert-xforwarded-for $forwarded"
    set profiles "/Common/tcp $folder/http_$app /Common/oneconnect"
    if { $client_ssl ne "" } {
        append profiles " $client_ssl \{ context clientside \}"
    }
    if { $server_ssl ne "" } {
        append profiles " $server_ssl \{ context serverside \}"
    }
}

# Persistence.
set persist none
switch [lbaas_value vip__persist http-cookie] {
    source-ip {
        set seconds [lbaas_value vip__persist_timeout 180]
        set mask [lbaas_value vip__persist_mask none]
        tmsh::create "ltm persistence source-addr source_ip_$app timeout $seconds mask $mask"
        set persist $folder/source_ip_$app
    }
    http-cookie {
        tmsh::create "ltm persistence cookie http_cookie_$app"
        set persist $folder/http_cookie_$app
    }
    app-cookie {
        set cookie "\[HTTP::cookie \"[lbaas_rule_text [lbaas_value vip__cookie jsessionid]]\"\]"
        set known "if \{ $cookie ne \"\" \}"
        set key "\[string tolower $cookie\] 3600"
        set rule "when HTTP_REQUEST \{ $known \{ persist uie $key \} \}\n"
        append rule "when HTTP_RESPONSE \{ $known \{ persist add uie $key \} \}"
        tmsh::create "ltm rule app_cookie_$app \{ $rule \}"
        tmsh::create "ltm persistence universal app_cookie_$app rule $folder/app_cookie_$app"
        set persist $folder/app_cookie_$app
    }
}
if { $persist ne "none" } {
    set persist "replace-all-with \{ $persist \}"
}
set fallback none
if { [lbaas_value vip__fallback_persist none] eq "source-ip" } {
    set fallback /Common/source_addr
}

# The virtual server.
set snat [lbaas_value vip__snat_pool automap]
if { $snat eq "automap" || $snat eq "none" } {
    set translation "type $snat"
} else {
    set translation "type snat pool $snat"
}
set vlan [lbaas_value vip__vlan ""]
if { $vlan eq "" } {
    set vlans "vlans-disabled vlans none"
} else {
    set vlans "vlans-enabled vlans replace-all-with \{ $vlan \}"
}
if { [string match *:* $::vip__addr] } {
    set mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
} else {
    set mask 255.255.255.255
}
set limit [lbaas_value vip__connection_limit 0]
if { $limit < 0 } {
    set limit 0
}
set create "ltm virtual $virtual destination [lbaas_endpoint $::vip__addr [lbaas_value vip__port 80]]"
append create " mask [lbaas_value vip__mask $mask] ip-protocol tcp pool $folder/$pool"
append create " profiles replace-all-with \{ $profiles \} persist $persist"
append create " fallback-persistence $fallback connection-limit $limit"
append create " source-address-translation \{ $translation \} $vlans $state"
tmsh::create $create
`;
