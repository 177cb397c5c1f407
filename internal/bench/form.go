package bench

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"

	"github.com/belay-events/belay/internal/belay"
)

// payloadText is a payload of 300 bytes, as an app that takes bookings would
// send it: a third of it differs from one event to the next.
const payloadText = `{"bookingId":"<guid>","customerId":"<guid>","email":"<letters9>@example.com",` +
	`"firstName":"<letters7>","lastName":"<letters9>","service":"Haircut","starts":"<time>",` +
	`"price":1<digits3>,"note":"Asked for <letters8>, comes with <letters9>"}`

const payloadSchema = `{"type":"object","required":["bookingId","customerId","email","starts"],"properties":{
	"bookingId":{"type":"string","format":"uuid","title":"Booking","examples":["6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14"]},
	"customerId":{"type":"string","format":"uuid","title":"Customer","examples":["6f1c2a4e-0b7d-4c39-9a51-2d8e7f603b14"]},
	"email":{"type":"string","format":"email","title":"Email","examples":["ada@example.com"]},
	"firstName":{"type":"string","title":"First name","maxLength":80,"examples":["Ada"]},
	"lastName":{"type":"string","title":"Last name","maxLength":80,"examples":["Lovelace"]},
	"service":{"type":"string","title":"Service","examples":["Haircut"]},
	"starts":{"type":"string","format":"date-time","title":"Start","examples":["2026-11-30T10:00:00Z"]%s},
	"price":{"type":"number","minimum":0,"title":"Price","examples":[49.9]},
	"note":{"type":"string","maxLength":500,"title":"Note","examples":["Asked for Ada"]}}}`

// form is a text with holes of fixed width, which are filled anew for each use.
type form struct {
	text  []byte
	holes []hole
}

type hole struct {
	kind      string
	at, width int
}

var holePattern = regexp.MustCompile(`<(guid|entity|site|time|letters|digits)(\d*)>`)

const timeForm = "2006-01-02T15:04:05.000Z"

// newForm reads <guid>, <entity>, <site>, <time>, <letters7> and <digits3> as holes.
func newForm(text string) *form {
	f := &form{}
	last := 0
	for _, m := range holePattern.FindAllStringSubmatchIndex(text, -1) {
		f.text = append(f.text, text[last:m[0]]...)
		h := hole{kind: text[m[2]:m[3]], at: len(f.text)}
		switch h.kind {
		case "guid", "entity", "site":
			h.width = 36
		case "time":
			h.width = len(timeForm)
		default:
			h.width, _ = strconv.Atoi(text[m[4]:m[5]]) // 0 where none is given
		}
		f.text = append(f.text, make([]byte, h.width)...)
		f.holes = append(f.holes, h)
		last = m[1]
	}
	f.text = append(f.text, text[last:]...)
	return f
}

// fill fills all holes but sites and returns the text, which is good until the
// next call. entity may be nil for a form that names none.
func (f *form) fill(chance *rand.Rand, entity func() belay.ID, starts belay.Instant) []byte {
	for _, h := range f.holes {
		in := f.text[h.at : h.at+h.width]
		switch h.kind {
		case "guid":
			putID(in, randomID(chance.Uint64(), chance.Uint64()))
		case "entity":
			putID(in, entity())
		case "time":
			var text [40]byte // fractions are written longer and then cut
			copy(in, starts.Time().AppendFormat(text[:0], timeForm))
		case "letters":
			scatter(in, chance, 'a', 26)
		case "digits":
			scatter(in, chance, '0', 10)
		}
	}
	return f.text
}

// scatter fills in with n characters from first on, twelve of one number.
func scatter(in []byte, chance *rand.Rand, first byte, n uint64) {
	var left uint64
	for i := range in {
		if i%12 == 0 {
			left = chance.Uint64()
		}
		in[i] = first + byte(left%n)
		left /= n
	}
}

// put fills the holes of one kind with an ID.
func (f *form) put(kind string, id belay.ID) {
	for _, h := range f.holes {
		if h.kind == kind {
			putID(f.text[h.at:h.at+h.width], id)
		}
	}
}

func putID(in []byte, id belay.ID) {
	hex.Encode(in[0:8], id[0:4])
	hex.Encode(in[9:13], id[4:6])
	hex.Encode(in[14:18], id[6:8])
	hex.Encode(in[19:23], id[8:10])
	hex.Encode(in[24:36], id[10:16])
	in[8], in[13], in[18], in[23] = '-', '-', '-', '-'
}

// randomID returns a GUID of version 4 made of two numbers.
func randomID(a, b uint64) belay.ID {
	var id belay.ID
	for i := range 8 {
		id[i], id[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// numbered returns the n-th of a line of GUIDs that look random, so that a
// million entities need not be kept in memory to be found again.
//
// Source: the finalizer of SplitMix64.
func numbered(seed, n uint64) belay.ID {
	mix := func(x uint64) uint64 {
		x += 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		return x ^ x>>31
	}
	a := mix(mix(seed) ^ n)
	return randomID(a, mix(a))
}

// request returns the form of a whole HTTP request on a site.
func request(path, on, body string) *form {
	return newForm(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\nBelay-Site-Id: %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, credential, on, len(newForm(body).text), body))
}
