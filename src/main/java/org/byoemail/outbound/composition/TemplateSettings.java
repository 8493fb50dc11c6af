package org.byoemail.outbound.composition;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The templates around the body of every mail.
 *
 * @param dir the folder of {@code mail.txt} and {@code mail.html}; one that is missing adds nothing
 */
@ConfigurationProperties("byo.template")
record TemplateSettings(@DefaultValue("templates") Path dir) {}
