package org.byoemail.embedded;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where data is kept.
 *
 * @param dataDir the folder of everything that the embedded parts keep
 */
@ConfigurationProperties("byo")
record DataSettings(@DefaultValue("./data") Path dataDir) {}
