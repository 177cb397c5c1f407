// Notifications to a site's people, and mails that were kept instead of sent.
export default {
  inbox: {
    title: 'Notifications',
    about: 'What your automations tell you.',
    emptyTitle: 'No notifications yet',
    emptyText: 'Give an automation the step “Notify the team”, and what it says appears here.',
    list: 'Notifications',
  },
  outbox: {
    title: 'Outbox',
    about: 'Mails that were kept here instead of being sent, as this server has no mail server.',
    emptyTitle: 'No mails are kept',
    emptyText:
      'Where this server has no mail server, the mails of your automations are kept here for you to read.',
    list: 'Mails',
    back: 'All mails',
    from: 'From',
    to: 'To',
    cc: 'Copy to',
    replyTo: 'Reply to',
    html: 'As it looks',
    text: 'As text',
    views: 'How the mail is shown',
    frame: 'The mail, as it looks',
    safe: 'Pictures from elsewhere, links and scripts are left out here.',
    noSubject: 'No subject',
    noText: 'This mail has no text.',
  },
  run: 'Open the run',
  more: 'Show older ones',
}
