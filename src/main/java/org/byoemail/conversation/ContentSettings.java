package org.byoemail.conversation;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where content is kept.
 *
 * @param dir the folder of attachments and raw mails (BYO_CONTENT_DIR), shared by all nodes
 */
@ConfigurationProperties("byo.content")
record ContentSettings(Path dir) {}
