package api

// Health says that the server is alive, or ready to keep what is reported.
type Health struct {
	Status string `json:"status" required:"true" enum:"ok"`
}

// BackupResponse names a copy of the store.
type BackupResponse struct {
	// Folder is its path on the server's machine, as the server sees it.
	Folder string `json:"folder" required:"true"`
}

// Welcome answers at the root.
type Welcome struct {
	Name    string `json:"name" required:"true"`
	Version string `json:"version" required:"true"`
	Docs    string `json:"docs" required:"true"`
	OpenAPI string `json:"openapi" required:"true"`
}
