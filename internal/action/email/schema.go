package email

const inputSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["to", "subject"],
  "anyOf": [{"required": ["text"]}, {"required": ["html"]}],
  "additionalProperties": false,
  "properties": {
    "to": {
      "title": "To", "description": "One or more addresses, separated by commas.",
      "anyOf": [{"type": "string", "minLength": 3}, {"type": "array", "minItems": 1, "maxItems": 50, "items": {"type": "string"}}]
    },
    "cc": {
      "title": "Copy to", "description": "Addresses, separated by commas.",
      "anyOf": [{"type": "string"}, {"type": "array", "maxItems": 50, "items": {"type": "string"}}]
    },
    "replyTo": {"title": "Answers go to", "type": "string"},
    "subject": {"title": "Subject", "type": "string", "maxLength": 998},
    "text": {"title": "Text", "type": "string", "maxLength": 262144},
    "html": {"title": "Text with layout (HTML)", "type": "string", "maxLength": 262144}
  }
}`

const outputSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["messageId"],
  "properties": {
    "messageId": {"title": "Message-ID", "type": "string", "description": "Without angle brackets."}
  }
}`
