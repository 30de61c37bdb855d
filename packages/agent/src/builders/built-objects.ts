// What a builder hands over.
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { DeviceObject } from '../object-types/device-object.ts';

export interface BuiltObjects {
  objects: DeviceObject[];
  problems: CompileProblem[];
}
