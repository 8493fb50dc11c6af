package org.byoemail.operations.setup;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where connect links may lead back to.
 *
 * @param returnUrls for links of every organisation: https (http only on localhost), with the exact
 *     path, without query and fragment
 * @param organizations further ones of single organisations
 */
@ConfigurationProperties("byo.connect")
record ConnectSettings(
    @DefaultValue List<String> returnUrls, @DefaultValue Map<String, List<String>> organizations) {}
