package api

// Error is the body of every answer whose status is not 200.
type Error struct {
	Message string       `json:"message" required:"true" description:"One sentence for a person."`
	Details ErrorDetails `json:"details" required:"true"`
}

// ErrorDetails hold exactly one of the two.
type ErrorDetails struct {
	ApplicationError *ApplicationError `json:"applicationError,omitzero"`
	ValidationError  *ValidationError  `json:"validationError,omitzero"`
}

// ApplicationError is a refusal with a word for programs.
type ApplicationError struct {
	Code        string `json:"code" required:"true" description:"A stable word, such as SCHEMA_VALIDATION_FAILED."`
	Description string `json:"description" required:"true"`
	// Data is nil where there is nothing to add.
	Data *ErrorData `json:"data,omitzero"`
}

// ErrorData is what an ApplicationError has to add.
type ErrorData struct {
	FieldViolations []FieldViolation `json:"fieldViolations,omitempty"`
	RequestID       string           `json:"requestId,omitempty"`
	SignIn          *SignIn          `json:"signIn,omitzero" description:"How to sign in, where nobody is."`
}

// ValidationError names the fields that break a rule.
type ValidationError struct {
	FieldViolations []FieldViolation `json:"fieldViolations" required:"true"`
}

// FieldViolation is one broken rule.
type FieldViolation struct {
	Field        string `json:"field" required:"true" description:"The place in the request, such as payload.lines[3].quantity."`
	Description  string `json:"description" required:"true"`
	ViolatedRule string `json:"violatedRule,omitempty" description:"A stable word, such as MAX_LENGTH."`
}
