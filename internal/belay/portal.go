package belay

// Portal is how the console looks in a platform's own pages, and which pages may
// hold it. That of a site goes before that of the server, part by part; the pages
// of both may hold it.
type Portal struct {
	Name       string `json:"name,omitempty"`
	LogoURL    string `json:"logoUrl,omitempty"`
	Primary    string `json:"primary,omitempty"`    // #rrggbb
	Background string `json:"background,omitempty"` // #rrggbb
	// Ancestors are the origins of pages that may hold the console in a frame.
	Ancestors []string `json:"ancestors,omitempty"`
	UpdatedAt Instant  `json:"updatedDate,omitzero"`
}
