package sim

import (
	"strconv"
	"unicode/utf8"
)

// appendJSON appends the event as encoding/json writes it without escaping HTML. Fingerprints hash
// every event of every trial, and reflection would take longer for that than half of the judging.
func (e *Event) appendJSON(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"seq":`...), e.Seq, 10)
	b = strconv.AppendInt(append(b, `,"at":`...), int64(e.At), 10)
	b = appendText(b, `,"host":`, string(e.Host))
	b = appendString(append(b, `,"kind":`...), string(e.Kind))
	b = appendText(b, `,"op":`, e.Op)
	b = appendText(b, `,"job":`, e.Job)
	b = appendText(b, `,"client":`, string(e.Client))
	b = appendText(b, `,"grant":`, e.Grant)
	b = appendCount(b, `,"token":`, e.Token)
	b = appendNumber(b, `,"until":`, int64(e.Until))
	b = appendCount(b, `,"base":`, e.Base)
	b = appendCount(b, `,"version":`, e.Version)
	b = appendNumber(b, `,"balance":`, e.Balance)
	b = appendNumber(b, `,"fault":`, e.Fault)
	b = appendNumber(b, `,"firing":`, e.Firing)
	if len(e.Hosts) > 0 {
		b = append(append(b, `,"hosts":`...), encoded(e.Hosts)...)
	}
	if len(e.Parted) > 0 {
		b = append(append(b, `,"parted":`...), encoded(e.Parted)...)
	}
	b = appendText(b, `,"ended":`, string(e.Ended))
	if e.Refused {
		b = append(b, `,"refused":true`...)
	}
	b = appendNumber(b, `,"late":`, int64(e.Late))
	b = appendText(b, `,"note":`, e.Note)
	return append(b, '}')
}

// appendText appends a key and its text, unless it is empty.
func appendText(b []byte, key, text string) []byte {
	if text == "" {
		return b
	}
	return appendString(append(b, key...), text)
}

// appendNumber appends a key and its number, unless it is 0.
func appendNumber(b []byte, key string, n int64) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendInt(append(b, key...), n, 10)
}

// appendCount is appendNumber for what cannot be negative.
func appendCount(b []byte, key string, n uint64) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendUint(append(b, key...), n, 10)
}

// appendString appends a JSON string. Almost none needs escaping.
func appendString(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return append(b, encoded(text)...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

// encoded returns what encoding/json makes of a value.
func encoded(v any) []byte {
	line := jsonLine(v)
	return line[:len(line)-1]
}
