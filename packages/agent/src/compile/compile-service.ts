// Service definition -> the exact set of objects that should exist. Pure: same input, same output.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { claimsOf } from '../builders/claims.ts';
import { buildWithTemplate } from '../builders/iapp-builder.ts';
import { buildLoadBalancer } from '../builders/lbaas-builder.ts';
import type { CompiledService } from './compiled-service.ts';
import { viewOf, type CompileContext } from './service-view.ts';

export function compileService(
  service: ServiceDefinition,
  context: CompileContext,
): CompiledService {
  const view = viewOf(service, context);
  const usesTemplate = context.iappTemplate !== undefined;
  const built = usesTemplate ? buildWithTemplate(service, view) : buildLoadBalancer(view);
  const keepsPartition = context.networks !== undefined;
  return { partition: view.partition, claims: claimsOf(service, view), keepsPartition, ...built };
}
