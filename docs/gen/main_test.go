package main

import "testing"

func TestFormulaPageIsCurrent(t *testing.T) {
	if err := run("..", true); err != nil {
		t.Error(err)
	}
}
