// Package web holds the console: a web application whose sources stand beside this
// file and whose build, made by `make web`, is part of the binary.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built console: index.html, and below assets what it loads. It
// holds neither where the console was not built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: " + err.Error()) // dist is embedded above
	}
	return files
}
