package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/belay-events/belay/api"
)

// table collects rows and prints them in columns.
type table struct {
	b bytes.Buffer
	w *tabwriter.Writer
}

func newTable(heads ...string) *table {
	t := &table{}
	t.w = tabwriter.NewWriter(&t.b, 0, 0, 2, ' ', 0)
	t.row(heads...)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.Map(printable, c)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// printable keeps what strangers sent from steering the terminal.
func printable(r rune) rune {
	if r < ' ' || r >= 0x7f && r < 0xa0 {
		return ' '
	}
	return r
}

// print writes the table, or what to say where it has no rows.
func (p *process) print(t *table, rows int, none string) error {
	if rows == 0 {
		_, err := fmt.Fprintln(p.out, none)
		return err
	}
	if err := t.w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(t.b.String()) {
		if _, err := fmt.Fprintln(p.out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// more says that a list goes on.
func (p *process) more(paging api.Paging) error {
	if !paging.HasNext {
		return nil
	}
	_, err := fmt.Fprintln(p.err, "(there is more: --after", paging.Cursors.Next+")")
	return err
}

const timeForm = "2006-01-02 15:04:05 MST"

// at writes an instant in the machine's zone.
func at(t api.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(timeForm)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// indented writes JSON for people, each line after the prefix.
func indented(raw json.RawMessage, prefix string) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, prefix, "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// short cuts a text to n characters.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
