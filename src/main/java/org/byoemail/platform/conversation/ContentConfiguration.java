package org.byoemail.platform.conversation;

import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Chooses where contents are kept. */
@Configuration(proxyBeanMethods = false)
class ContentConfiguration {

  @Bean
  ContentStore contentStore(ContentSettings settings, UnusedContents unused) {
    return switch (settings.store()) {
      case FOLDER -> new FolderContents(settings.dir(), unused::takeBack);
      case S3 -> new S3Contents(Objects.requireNonNull(settings.s3()), unused::takeBack);
    };
  }
}
