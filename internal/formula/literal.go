package formula

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// number reads a number: digits with an optional sign, fraction and exponent.
// Leading zeros and a missing digit on one side of the point are accepted.
func (p *parser) number() (float64, *SyntaxError) {
	start := p.at
	if p.has("-") {
		p.at++
	}
	digits := p.digits()
	if p.has(".") {
		p.at++
		digits += p.digits()
	}
	if digits == 0 {
		p.at = start
		return 0, p.fault(start, p.here()+" where a value was expected")
	}
	if p.has("e") || p.has("E") {
		p.at++
		if p.has("-") || p.has("+") {
			p.at++
		}
		if p.digits() == 0 {
			return 0, p.fault(start, "the exponent of the number has no digits")
		}
	}
	n, err := strconv.ParseFloat(p.src[start:p.at], 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, p.fault(start, "the number is too large")
	}
	return n + 0, nil // + 0 turns -0 into 0
}

// digits skips a row of digits and returns how many there were.
func (p *parser) digits() int {
	start := p.at
	for p.at < len(p.src) && isDigit(p.src[p.at]) {
		p.at++
	}
	return p.at - start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// decode returns s with its %xx sequences decoded as decodeURIComponent of
// ECMAScript does, except that a sequence which is malformed, or whose bytes
// are not UTF-8, stays as it is written.
func decode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '%' {
			b.WriteByte(s[i])
			i++
			continue
		}
		var encoded []byte // of the character that begins here
		for j := i; len(encoded) < utf8.UTFMax && j+2 < len(s) && s[j] == '%'; j += 3 {
			c, err := strconv.ParseUint(s[j+1:j+3], 16, 8)
			if err != nil {
				break
			}
			encoded = append(encoded, byte(c))
		}
		r, size := utf8.DecodeRune(encoded)
		if r == utf8.RuneError && size <= 1 {
			b.WriteByte('%')
			i++
			continue
		}
		b.WriteRune(r)
		i += 3 * size
	}
	return b.String()
}
