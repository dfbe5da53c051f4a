"""From Gmail's answer to the author's own words: MIME, charsets, HTML, quotation, sign-off, calendar parts."""
