// Package examples holds two businesses that use Belay: what they set up, and a
// small program each that plays them; beside them, parcels is an app with a server
// of its own. It exists to put what the businesses set up into the binary; see the
// README of each.
package examples

import "embed"

// Files holds each example's configuration: appointments/belay.yaml and
// courses/belay.yaml.
//
//go:embed appointments/belay.yaml courses/belay.yaml
var Files embed.FS
