#!/usr/bin/env python3
"""Writes our sipp scenarios and a test tone.   scenarios.py DIR

Called sides (uas_*), one behaviour each; sip/uas.sh starts them:
  answer     rings 0.3 s, answers, stays until the caller hangs up
  busy 486 | congest 503 | notfound 404 with a Q.850 reason | decline 603
  noanswer   rings for ever, answers a CANCEL properly
  shorttalk  answers, hangs up itself after 2 s
  varied     rings 0-1.5 s, answers, hangs up itself after 0.2-8 s
  moved      302: sends its calls on to the number 0003
  early      183 with a tone of 1000 Hz for 1.5 s, answers after 4 s, stays until the caller hangs up
  announces  the same tone, then 486 | overflows  the same tone, then 503
Calling sides (uac_*), towards the PBX:
  talk       sends an audio file for 4 s, then hangs up
  dtmf       sends the digits 1234# (needs raw sockets, so root)
  wait       is answered and waits to be hung up on
  cancel     gives up 1 s after it heard ringing
  fail       expects to be refused
  hidden     hangs up after 1 s; the carrier tells the number, and that its caller hides it
"""
import math
import os
import sys

CALLER = "+441632960678"


def sdp(telephone_event=101):
    t = telephone_event
    return (
        "v=0\n"
        "o=user 53655765 2353687637 IN IP[local_ip_type] [local_ip]\n"
        "s=-\n"
        "c=IN IP[media_ip_type] [media_ip]\n"
        "t=0 0\n"
        f"m=audio [auto_media_port] RTP/AVP 0 {t}\n"
        "a=rtpmap:0 PCMU/8000\n"
        f"a=rtpmap:{t} telephone-event/8000\n"
        f"a=fmtp:{t} 0-15\n"
        "a=sendrecv\n"
    )


def send(text, retrans=False):
    return f'<send{" retrans=" + chr(34) + "500" + chr(34) if retrans else ""}><![CDATA[\n{text}]]></send>\n'


def pause(ms):
    return f'<pause milliseconds="{ms}"/>\n'


# ---- called side -------------------------------------------------------------------------------------------------
TAG = ";tag=[pid]SIPpTag01[call_number]"


def answer(code, reason, body="", extra="", retrans=False, tag=True):
    kind = "Content-Type: application/sdp\n" if body else ""
    return send(
        f"SIP/2.0 {code} {reason}\n[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:]{TAG if tag else ''}\n"
        "[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port];transport=[transport]>\n"
        f'{extra}{kind}Content-Length: {"[len]" if body else "0"}\n\n{body}',
        retrans,
    )


RECV_INVITE = '<recv request="INVITE" crlf="true"/>\n'
# As above, and keeps what a BYE of our own will need.
RECV_INVITE_KEEP = (
    '<recv request="INVITE" crlf="true"><action>\n'
    '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>\n'
    '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>\n'
    '<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="contact"/>\n'
    "</action></recv>\n"
)
# The final answer to a cancelled INVITE carries the INVITE's number, not the CANCEL's.
RECV_INVITE_NUMBER = (
    '<recv request="INVITE" crlf="true"><action>'
    '<ereg regexp="([0-9]+) INVITE" search_in="hdr" header="CSeq:" assign_to="all,cseq"/>'
    '<log message="[$all]"/></action></recv>\n'
)
RECV_ACK = '<recv request="ACK" crlf="true"/>\n'
RECV_BYE = '<recv request="BYE" crlf="true"/>\n' + answer(200, "OK", tag=False)
TRYING = answer(100, "Trying", tag=False)
RINGING = answer(180, "Ringing")
OK = answer(200, "OK", sdp(), retrans=True)
EARLY = TRYING + answer(183, "Session Progress", sdp()) + '<nop><action><exec rtp_stream="early.ul,1,0,PCMU/8000"/></action></nop>\n'


def uas_bye():
    return (
        send(
            "BYE [$contact] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            f"From: [$to]{TAG}\nTo: [$from]\n[last_Call-ID:]\nCSeq: 7 BYE\nMax-Forwards: 70\n"
            'Reason: Q.850;cause=16;text="Normal call clearing"\nContent-Length: 0\n\n',
            True,
        )
        + '<recv response="200"/>\n'
    )


def uas_refuse(code, reason, extra="", rings=True):
    return RECV_INVITE + TRYING + (RINGING if rings else "") + answer(code, reason, extra=extra, retrans=True) + RECV_ACK


MOVED = send(
    f"SIP/2.0 302 Moved Temporarily\n[last_Via:]\n[last_From:]\n[last_To:]{TAG}\n[last_Call-ID:]\n[last_CSeq:]\n"
    "Contact: <sip:0003@[local_ip]>\nContent-Length: 0\n\n",
    True,
)


def called_sides():
    cancelled = send(
        f"SIP/2.0 487 Request Terminated\n[last_Via:]\n[last_From:]\n[last_To:]{TAG}\n[last_Call-ID:]\n"
        "CSeq: [$cseq] INVITE\nContent-Length: 0\n\n",
        True,
    )
    return {
        "uas_answer": RECV_INVITE + TRYING + RINGING + pause(300) + OK + RECV_ACK + RECV_BYE,
        "uas_early": RECV_INVITE + EARLY + pause(4000) + OK + RECV_ACK + RECV_BYE,
        "uas_announces": RECV_INVITE + EARLY + pause(3500) + answer(486, "Busy Here", retrans=True) + RECV_ACK,
        "uas_overflows": RECV_INVITE + EARLY + pause(3500) + answer(503, "Service Unavailable", retrans=True) + RECV_ACK,
        "uas_busy": uas_refuse(486, "Busy Here"),
        "uas_congest": uas_refuse(503, "Service Unavailable", rings=False),
        "uas_notfound": uas_refuse(404, "Not Found", 'Reason: Q.850;cause=1;text="Unallocated number"\n', rings=False),
        "uas_decline": uas_refuse(603, "Decline"),
        "uas_moved": RECV_INVITE + TRYING + MOVED + RECV_ACK,
        "uas_noanswer": RECV_INVITE_NUMBER + TRYING + RINGING + '<recv request="CANCEL" crlf="true"/>\n'
        + answer(200, "OK", tag=False) + cancelled + RECV_ACK,
        "uas_shorttalk": RECV_INVITE_KEEP + RINGING + OK + RECV_ACK + pause(2000) + uas_bye(),
        "uas_varied": RECV_INVITE_KEEP + RINGING + '<pause distribution="uniform" min="20" max="1500"/>\n' + OK + RECV_ACK
        + '<pause distribution="uniform" min="200" max="8000"/>\n' + uas_bye(),
    }


# ---- calling side ------------------------------------------------------------------------------------------------
def request(method, number, caller, to="[last_To:]", uri="[next_url]", via="Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
            headers="", body="", retrans=False):
    kind = "Content-Type: application/sdp\n" if body else ""
    return send(
        f"{method} {uri} SIP/2.0\n{via}\nFrom: \"{caller}\" <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]SIPpTag00[call_number]\n"
        f"{to}\n{headers}Call-ID: [call_id]\nCSeq: {number} {method}\nMax-Forwards: 70\n"
        f'{kind}Content-Length: {"[len]" if body else "0"}\n\n{body}',
        retrans,
    )


def invite(callee="[service]", caller=CALLER, event=101, more=""):
    headers = f"Contact: <sip:{caller}@[local_ip]:[local_port]>\nX-Trunk: tollgate\n{more}"
    return request("INVITE", 1, caller, f"To: <sip:{callee}@[remote_ip]:[remote_port]>", f"sip:{callee}@[remote_ip]:[remote_port]",
                   headers=headers, body=sdp(event), retrans=True)


PROGRESS = "".join(f'<recv response="{c}" optional="true"/>\n' for c in (100, 180, 183))
ANSWERED = '<recv response="200" rrs="true" rtd="true"/>\n'


def in_dialog(method, number, caller=CALLER, retrans=True):
    return request(method, number, caller, headers="[routes]\n", retrans=retrans)


def ack_refusal(callee="[service]", caller=CALLER):
    return request("ACK", 1, caller, uri=f"sip:{callee}@[remote_ip]:[remote_port]", via="[last_Via:]")


def refusals(last):
    codes = (403, 404, 408, 480, 484, 486, 487, 488, 500, 502, 503)
    text = "".join(f'<recv response="{c}" optional="true" next="refused"/>\n' for c in codes)
    return text + (f'<recv response="{last}" next="refused"/>\n' if last else "")


def plain_call(middle, hang_up=True, event=101, more=""):
    end = in_dialog("BYE", 2) + '<recv response="200"/>\n' if hang_up else '<recv request="BYE"/>\n' + answer(200, "OK", tag=False)
    return invite(event=event, more=more) + PROGRESS + ANSWERED + in_dialog("ACK", 1, retrans=False) + middle + end


def calling_sides():
    cancel = request("CANCEL", 1, CALLER, "To: <sip:[service]@[remote_ip]:[remote_port]>", "sip:[service]@[remote_ip]:[remote_port]",
                     via="[last_Via:]", retrans=True)
    return {
        # sipp's play_dtmf sends payload type 96 whatever the SDP says, so 96 is what we offer.
        "uac_dtmf": plain_call(pause(1500) + '<nop><action><exec play_dtmf="1234#"/></action></nop>\n' + pause(4000), event=96),
        "uac_talk": plain_call('<nop><action><exec rtp_stream="tone.ul,-1,0,PCMU/8000"/></action></nop>\n' + pause(4000)),
        "uac_wait": plain_call("", hang_up=False),
        "uac_hidden": plain_call(pause(1000), more=f"P-Asserted-Identity: <sip:{CALLER}@[local_ip]>\nPrivacy: id\n"),
        "uac_cancel": invite() + '<recv response="100" optional="true"/>\n<recv response="180"/>\n' + pause(1000) + cancel
        + '<recv response="200"/>\n<recv response="487"/>\n' + ack_refusal(),
        "uac_fail": invite() + PROGRESS + refusals(603) + '<label id="refused"/>\n' + ack_refusal(),
    }


# ---- audio -------------------------------------------------------------------------------------------------------
def ulaw(sample):
    sample = max(-32635, min(32635, sample))
    sign, sample = (0x80 if sample < 0 else 0), abs(sample) + 132
    exponent, mask = 7, 0x4000
    while exponent > 0 and not sample & mask:
        mask >>= 1
        exponent -= 1
    return ~(sign | exponent << 4 | (sample >> (exponent + 3)) & 15) & 255


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: scenarios.py DIR")
    os.makedirs(sys.argv[1], exist_ok=True)
    every = {**called_sides(), **calling_sides()}
    for name, body in every.items():
        with open(os.path.join(sys.argv[1], name + ".xml"), "w") as f:
            f.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n{body}</scenario>\n')
    for tone, hertz, seconds in (("tone", 440, 10), ("early", 1000, 1.5)):
        with open(os.path.join(sys.argv[1], tone + ".ul"), "wb") as f:
            f.write(bytes(ulaw(int(9000 * math.sin(2 * math.pi * hertz * i / 8000))) for i in range(int(8000 * seconds))))
    print(f"{len(every)} scenarios and two tones in {sys.argv[1]}")


main()
