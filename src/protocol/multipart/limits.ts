/** Bounds on the work one body may cause. The bytes of the whole are the caller's to bound. */
export interface MultipartLimits {
  /** Most parts. Default 1,000. */
  readonly max_parts: number;
  /** Largest header section of one part, in bytes. Default 4 KiB. */
  readonly max_header_bytes: number;
  /** Longest name and file name, in bytes of UTF-8. Default 255. */
  readonly max_name_bytes: number;
}

export const DEFAULT_MULTIPART_LIMITS: MultipartLimits = {
  max_parts: 1000,
  max_header_bytes: 4096,
  max_name_bytes: 255,
};
