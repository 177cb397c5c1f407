package apply

import (
	"fmt"
	"io"
	"strings"
)

// Change is one thing that is not as the files say.
type Change struct {
	Sign byte   // + to create, ~ to change, - to delete
	Name string // such as "trigger Appointments/appointment_starting"
	// lines are the difference, each with its own + or -; told is what only carrying
	// out brings to light, such as a key that was made.
	lines []string
	told  string
	do    carrier
}

// print writes the change; whole, with what is created too.
func (c *Change) print(out io.Writer, whole bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%c %s\n", c.Sign, c.Name)
	if whole || c.Sign != '+' {
		for _, line := range c.lines {
			b.WriteString("    " + line + "\n")
		}
	}
	if c.told != "" {
		b.WriteString("    " + c.told + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// difference returns the lines of was that are not in is, with "- ", and those of
// is that are not in was, with "+ ", in their order.
func difference(was, is string) []string {
	a, b := split(was), split(is)
	// common[i][j] is how many lines a[i:] and b[j:] have in common.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return out
}

func split(s string) []string {
	if s = strings.TrimSuffix(s, "\n"); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
