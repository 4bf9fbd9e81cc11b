export interface Lease {
  fence: number;
  source: LeasedSource;
}

export interface LeasedSource {
  id: string;
  name: string;
  carrierId: string;
  holderId: string;
}
