package notify

const inputSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["message"],
  "additionalProperties": false,
  "properties": {
    "message": {"title": "Message", "type": "string", "minLength": 1, "maxLength": 4000},
    "title": {"title": "Title", "type": "string", "maxLength": 200},
    "chatUrl": {
      "title": "Chat", "type": "string", "maxLength": 2048,
      "description": "The address of a chat in Shoutrrr's form: discord://, googlechat://, mattermost://, ntfy://, rocketchat://, slack://, teams:// or telegram://."
    }
  }
}`

const outputSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["inbox", "chat"],
  "properties": {
    "inbox": {"title": "In the inbox", "type": "boolean"},
    "chat": {"title": "In the chat", "type": "boolean"}
  }
}`
