// Text of one ESD file -> its definitions. Pure. A tag that is wrong disables itself, a definition without any tag
// left itself, a file that is no JSON object itself.
import { ESD_TAGS, isEsdTag, type EnhancedService, type EsdTag } from './enhanced-service.ts';

export interface ParsedEsds {
  services: Map<string, EnhancedService>;
  /** Sentences for the log. */
  problems: string[];
}

type Json = Record<string, unknown>;

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Undefined when the value is not of the tag's type. */
function namesIn(tag: EsdTag, value: unknown): string[] | undefined {
  if (!ESD_TAGS[tag].isList) return isName(value) ? [value] : undefined;
  return Array.isArray(value) && value.length > 0 && value.every(isName) ? value : undefined;
}

function parseOne(name: string, tags: Json, problems: string[]): EnhancedService {
  const found: Partial<Record<EsdTag, readonly string[]>> = {};
  for (const [tag, value] of Object.entries(tags)) {
    if (!isEsdTag(tag)) {
      problems.push(`ESD ${name}: Tag ${tag} is not valid.`);
      continue;
    }
    const names = namesIn(tag, value);
    if (names === undefined) {
      const type = ESD_TAGS[tag].isList ? 'a list of names' : 'a name';
      problems.push(`ESD ${name}: Invalid value for tag ${tag}. It must be ${type}.`);
    } else found[tag] = names;
  }
  return found;
}

export function parseEsdFile(text: string): ParsedEsds {
  const services = new Map<string, EnhancedService>();
  const problems: string[] = [];
  let document: Json | undefined;
  try {
    document = asObject(JSON.parse(text));
  } catch (error) {
    return { services, problems: [`It is no JSON: ${(error as Error).message}`] };
  }
  if (document === undefined) return { services, problems: ['It is no JSON object.'] };
  for (const [name, value] of Object.entries(document)) {
    const tags = asObject(value);
    const service = tags === undefined ? {} : parseOne(name, tags, problems);
    if (Object.keys(service).length > 0) services.set(name, service);
    else problems.push(`ESD ${name} has no valid tag and is not offered.`);
  }
  return { services, problems };
}
