package org.byoemail.platform.conversation;

import java.util.List;
import java.util.Map;

/**
 * What programs and people note on a message or a conversation.
 *
 * @param labels in alphabetical order
 */
public record Annotations(List<String> labels, Map<String, Object> metadata) {}
