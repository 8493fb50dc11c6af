package org.byoemail.conversation;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Chooses where contents are kept. */
@Configuration(proxyBeanMethods = false)
class ContentConfiguration {

  @Bean
  ContentStore contentStore(ContentSettings settings) {
    return new FolderContents(settings.dir());
  }
}
