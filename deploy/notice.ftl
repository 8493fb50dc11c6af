<#-- NOTICE of the jar and the image, made by the build: what it brings along, by whose licence. -->
BYO Email
It brings along the following software of others, each under the licence that is named with it. The
bill of materials in META-INF/sbom/application.cdx.json names versions, licences and hashes in full.

<#list dependencyMap as entry>
<#assign component = entry.getKey()/>
${component.groupId}:${component.artifactId}:${component.version}<#if component.url?has_content> (${component.url})</#if>
  ${entry.getValue()?join(", or ")}
</#list>
