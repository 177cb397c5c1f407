package httprequest

const inputSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["url"],
  "additionalProperties": false,
  "properties": {
    "method": {
      "title": "Method", "type": "string", "default": "POST",
      "enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    },
    "url": {
      "title": "Web address", "type": "string", "minLength": 1, "maxLength": 4096,
      "description": "Begins with https:// or http:// and is reachable from the public internet."
    },
    "headers": {
      "title": "Headers", "type": "object", "maxProperties": 64,
      "additionalProperties": {"type": "string"}
    },
    "body": {
      "title": "Body",
      "description": "Text is sent as it is, anything else as JSON."
    }
  }
}`

const outputSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["status", "headers", "body", "truncated"],
  "properties": {
    "status": {"title": "Status", "type": "integer"},
    "headers": {
      "title": "Headers", "type": "object", "additionalProperties": {"type": "string"},
      "description": "Names are in lower case; a repeated header's values are joined by commas."
    },
    "body": {"title": "Body", "description": "The value of a JSON body, any other body as text."},
    "truncated": {"title": "Cut short", "type": "boolean"}
  }
}`
