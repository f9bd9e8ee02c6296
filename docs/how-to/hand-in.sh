#!/bin/sh
# Hand a file in at a credit bank, in pieces. Run again after a failure, it goes on where it stopped;
# run again after success, it says that the file is known and changes nothing.
#
#   BANK=https://bank.example.org KEY_FILE=/etc/creditbank/key sh hand-in.sh results.csv [TITLE]
#
# KEY_FILE holds one line, "Authorization: Bearer cbk_...", and is readable by this job alone: a key on the
# command line could be read by everybody on the machine. Needs curl 7.76 or later, sha256sum, tail and head.
# Exit: 0 handed in, now or before; 1 refused, the reason is printed; 75 not finished, try again later.
set -eu

file=$1
title=${2:-}
pieces="$BANK/api/v1/uploads"
piece_bytes=8388608
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# The status of a request; what was answered lies in $answer.
ask() {
    curl --silent --show-error --max-time 600 --header "@$KEY_FILE" --output "$answer" --write-out '%{http_code}' "$@" || true
}

text() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'; }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-z._]*\).*/\1/p" "$answer"; }
refused() { cat "$answer" >&2; echo >&2; exit 1; }

later() {
    failures=$((failures + 1))
    if [ "$failures" -gt 8 ]; then
        echo "The bank cannot be reached; $(basename "$file") is not complete. Run this again." >&2
        exit 75
    fi
    sleep $((failures * failures))
}

known() {
    echo "$(basename "$file") was handed in before."
    exit 0
}

size=$(wc -c < "$file" | tr -d ' ')
digest=$(sha256sum "$file" | cut -d ' ' -f 1)
body=$(printf '{"name": "%s", "size": %s, "sha256": "%s", "title": "%s"}' \
    "$(text "$(basename "$file")")" "$size" "$digest" "$(text "$title")")

failures=0
while :; do
    case $(ask --request POST --header 'Content-Type: application/json' --data "$body" "$pieces") in
        201) break ;;
        409) if [ "$(field code)" = deposits.file.twice ]; then known; else refused; fi ;;
        4*) refused ;;
        *) later ;;
    esac
done
upload="$pieces/$(field id)"
at=$(field offset)
if [ "$at" -gt 0 ]; then echo "Going on behind $at of $size bytes."; fi

while [ "$at" -lt "$size" ]; do
    status=$(tail -c "+$((at + 1))" "$file" | head -c "$piece_bytes" |
        ask --request PATCH --header "Upload-Offset: $at" --header 'Content-Type: application/octet-stream' \
            --data-binary @- "$upload")
    case $status in
        200) at=$(field offset) failures=0 ;;
        409 | 429 | 5* | 000)
            later
            if [ "$(ask "$upload")" = 200 ]; then at=$(field offset); fi
            ;;
        *) refused ;;
    esac
done

while :; do
    case $(ask --request POST "$upload/finish") in
        202) break ;;
        409) case $(field code) in
            deposits.file.twice) known ;;
            deposits.upload.busy) later ;;
            *) refused ;;
        esac ;;
        429 | 5* | 000) later ;;
        *) refused ;;
    esac
done
cat "$answer"
echo
